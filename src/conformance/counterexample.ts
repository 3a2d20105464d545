import fc from 'fast-check';
import { plainScenario } from './features.js';
import type { Host } from './host.js';
import { type Scenario, scenarios } from './scenario.js';
import type { Settings, Subject } from './subject.js';
import { contextOf, type Violation, violationsOf } from './violations.js';

/** A small scenario in which a policy breaks a rule. */
export interface Counterexample {
  readonly violations: readonly Violation[];
  readonly settings: Settings;
  readonly scenario: Scenario;
}

/** How hard to look. */
export interface Search {
  /** Random scenarios. */
  readonly runs: number;
  readonly seed: number;
  /** What becomes of each scenario before it is run, such as taking out what the subject does not claim to know. */
  readonly adapt?: (scenario: Scenario) => Scenario;
  /** Names of checks that do not count. */
  readonly ignored?: readonly string[];
}

/** Looks for a scenario in which the subject breaks a rule, and makes it as small as it can; undefined when it finds none. */
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
    // Gangs, GPUs and rules hide most heads of the queue from the check of their start.
    (await search(adapted.map(plainScenario), promisesHead))
  );
}
