import fc from 'fast-check';
import type { Host } from './host.js';
import { changingScenarios, type Scenario, scenarios } from './scenario.js';
import type { Settings, Subject } from './subject.js';
import { type Violation, violationsOf } from './violations.js';

/** A small scenario in which a policy violates a rule. */
export interface Counterexample {
  readonly violations: readonly Violation[];
  readonly settings: Settings;
  readonly scenario: Scenario;
}

/** Terms of the search for a counterexample. */
export interface Search {
  /** Number of random scenarios. */
  readonly runs: number;
  readonly seed: number;
  /** Changes each scenario before its run, for example removes features that the subject does not support. */
  readonly adapt?: (scenario: Scenario) => Scenario;
}

/** One scenario with changes of machines is tried for so many others. */
const CHANGING = 4;

/** Searches for a scenario in which the subject violates a rule, and shrinks it; undefined if none is found. */
export async function findCounterexample(
  subject: Subject,
  host: Host,
  { runs, seed, adapt = (scenario) => scenario }: Search,
): Promise<Counterexample | undefined> {
  const failures = new Map<Scenario, Counterexample>();
  const check = async (drawn: fc.Arbitrary<Scenario>, numRuns: number) => {
    const property = fc.asyncProperty(drawn.map(adapt), fc.nat(), async (scenario, draw) => {
      const settings = subject.settings[draw % subject.settings.length];
      const violations = await violationsOf(subject, settings, host, scenario);
      if (violations.length > 0) failures.set(scenario, { violations, settings, scenario });
      return violations.length === 0;
    });
    return (await fc.check(property, { numRuns, seed })).counterexample;
  };
  const counterexample =
    (await check(scenarios, runs)) ?? (await check(changingScenarios, Math.ceil(runs / CHANGING)));
  // It is not run again: a policy that keeps state between runs may not violate the rule a second time.
  return counterexample === null ? undefined : failures.get(counterexample[0]);
}
