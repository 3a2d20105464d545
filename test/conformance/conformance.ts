import { describe, expect, test } from 'vitest';
import { counterexampleText } from '../../src/conformance/check-policy.js';
import { findCounterexample } from '../../src/conformance/counterexample.js';
import type { Host } from '../../src/conformance/host.js';
import type { Subject } from '../../src/conformance/subject.js';

/** Seed of the scenarios, so that failures are reproducible. */
const SEED = 20260101;

export interface ConformanceOptions {
  /** Random scenarios per subject; FAIRGROUND_TEST_SOAK=20 tries twenty times as many. */
  readonly runs?: number;
}

/**
 * Tests every invariant of every policy under every host with random small scenarios, which are observed event by event.
 * To test another policy: `conformance(subject, simulatedHost)`.
 */
export function conformance(subject: Subject, host: Host, options: ConformanceOptions = {}): void {
  const runs = (options.runs ?? 40) * Number(process.env.FAIRGROUND_TEST_SOAK ?? 1);
  describe(`${subject.name} on ${host.name}`, () => {
    test('keeps every rule in any scenario', async () => {
      const found = await findCounterexample(subject, host, { runs, seed: SEED });
      expect(found && counterexampleText(found)).toBeUndefined();
    });
  });
}
