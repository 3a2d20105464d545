import fc from 'fast-check';
import { plainScenario } from './features.js';
import type { Host } from './host.js';
import { type Scenario, scenarios } from './scenario.js';
import type { Settings, Subject } from './subject.js';
import { contextOf, type Violation, violationsOf } from './violations.js';

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
  /** Names of checks whose violations are ignored. */
  readonly ignored?: readonly string[];
}

/** Searches for a scenario in which the subject violates a rule, and shrinks it; undefined if none is found. */
export async function findCounterexample(
  subject: Subject,
  host: Host,
  { runs, seed, adapt = (scenario) => scenario, ignored = [] }: Search,
): Promise<Counterexample | undefined> {
  const settingsOf = (draw: number) => subject.settings[draw % subject.settings.length];
  const look = async (adapted: Scenario, draw: number): Promise<Counterexample> => {
    const settings = settingsOf(draw);
    const found = await violationsOf(subject, settings, host, adapted);
    return {
      violations: found.filter(({ check }) => !ignored.includes(check)),
      settings,
      scenario: adapted,
    };
  };
  const search = async (
    drawn: fc.Arbitrary<Scenario>,
    isMeant: (scenario: Scenario, draw: number) => Promise<boolean>,
  ) => {
    const property = fc.asyncProperty(
      drawn,
      fc.nat(),
      async (scenario, draw) =>
        !(await isMeant(scenario, draw)) || (await look(scenario, draw)).violations.length === 0,
    );
    const { counterexample } = await fc.check(property, { numRuns: runs, seed });
    return counterexample === null ? undefined : look(...counterexample);
  };
  const adapted = scenarios.map(adapt);
  const promisesHead = async (scenario: Scenario, draw: number) =>
    subject.promises(settingsOf(draw), await contextOf(scenario)).headIsNotDelayed !== undefined;
  return (
    (await search(adapted, async () => true)) ??
    // The check of the head's start skips gangs, GPUs and rules, so it needs scenarios without them.
    (await search(adapted.map(plainScenario), promisesHead))
  );
}
