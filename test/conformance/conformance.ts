import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { counterexampleText } from '../../src/conformance/check-policy.js';
import { findCounterexample } from '../../src/conformance/counterexample.js';
import type { Host } from '../../src/conformance/host.js';
import { type Scenario, scenarios } from '../../src/conformance/scenario.js';
import type { Subject } from '../../src/conformance/subject.js';
import { violationsOf } from '../../src/conformance/violations.js';

/** Seed of the scenarios, so that failures are reproducible. */
const SEED = 20260101;

/** A check that a subject or a host is exempt from, with the reason. */
export interface Exception {
  /** Name of the check, as in `CHECKS`. */
  readonly check: string;
  readonly reason: string;
}

export interface ConformanceOptions {
  /** Random scenarios per subject; FAIRGROUND_TEST_SOAK=20 tries twenty times as many. */
  readonly runs?: number;
  readonly except?: readonly Exception[];
}

/**
 * Tests every invariant of every policy under every host with random small scenarios, which are observed event by event.
 * To test another policy: `conformance(subject, simulatedHost)`.
 */
export function conformance(subject: Subject, host: Host, options: ConformanceOptions = {}): void {
  const { except = [] } = options;
  const runs = (options.runs ?? 40) * Number(process.env.FAIRGROUND_TEST_SOAK ?? 1);
  describe(`${subject.name} on ${host.name}`, () => {
    test('keeps every rule in any scenario', async () => {
      const ignored = except.map(({ check }) => check);
      const found = await findCounterexample(subject, host, { runs, seed: SEED, ignored });
      expect(found && counterexampleText(found)).toBeUndefined();
    });

    for (const { check, reason } of except) {
      test(`is excused from "${check}": ${reason}`, async () => {
        const broken = await findBroken(subject, host, check, runs);
        expect(broken, 'the exception is no longer needed: take it out').toBeDefined();
      });
    }
  });
}

/** A scenario in which the check fails. Without one, the exception is not needed. */
async function findBroken(
  subject: Subject,
  host: Host,
  check: string,
  runs: number,
): Promise<Scenario | undefined> {
  for (const scenario of fc.sample(scenarios, runs)) {
    for (const settings of subject.settings) {
      const found = await violationsOf(subject, settings, host, scenario);
      if (found.some((violation) => violation.check === check)) return scenario;
    }
  }
  return undefined;
}
