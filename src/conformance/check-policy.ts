import { type Parameter, ParameterValues } from '../model/index.js';
import type { Policy } from '../policies/policy.js';
import { type Counterexample, findCounterexample } from './counterexample.js';
import { type Feature, withoutFeatures } from './features.js';
import { simulatedHost } from './simulated-host.js';
import type { Promises, Settings, Subject } from './subject.js';

export { loadedUnderWatch } from './hidden-inputs.js';

/** Terms of the test of a policy. */
export interface ConformanceTerms {
  /** Number of random scenarios. The default is 200. */
  readonly runs?: number;
  /** The same seed draws the same scenarios. The default is 1. */
  readonly seed?: number;
  /** Features that the policy does not support. */
  readonly without?: readonly Feature[];
  /** Promises beyond the rules that apply to all policies. */
  readonly promises?: Promises;
  /** The same policy, loaded again with `loadedUnderWatch`. Then a variable of its module does not outlive a restart. */
  readonly copies?: readonly Policy[];
}

/**
 * Tests a policy like the built-in ones, with every combination of its choices. The scenarios are random small clusters with
 * machines that join and leave, and every event is checked. Returns a small scenario in which it violates a rule, or undefined.
 */
export function checkPolicy(
  policy: Policy,
  { runs = 200, seed = 1, without = [], promises = {}, copies = [] }: ConformanceTerms = {},
): Promise<Counterexample | undefined> {
  const buildOf =
    (one: Policy): Subject['build'] =>
    (settings, context) =>
      one.build(new ParameterValues(policy.parameters, settings), context);
  const subject: Subject = {
    name: policy.name,
    settings: combinationsOfChoices(policy.parameters),
    build: buildOf(copies[0] ?? policy),
    promises: () => promises,
    ...(copies.length > 0 && {
      again: (times: number) => ({ build: buildOf(copies[times % copies.length]) }),
    }),
  };
  return findCounterexample(subject, simulatedHost, {
    runs,
    seed,
    adapt: (scenario) => withoutFeatures(scenario, without),
  });
}

/** The counterexample as text: the violated rules, the settings and the scenario. */
export function counterexampleText({ violations, settings, scenario }: Counterexample): string {
  const set = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  return [
    ...violations.slice(0, MOST_VIOLATIONS).map(({ check, problem }) => `violated: ${check}\n  ${problem}`),
    ...(violations.length > MOST_VIOLATIONS ? [`and ${violations.length - MOST_VIOLATIONS} more`] : []),
    `settings: ${set.length === 0 ? 'the defaults' : set.join(' ')}`,
    `scenario: ${JSON.stringify(scenario, (_key, value) => (value === Number.POSITIVE_INFINITY ? 'forever' : value))}`,
  ].join('\n');
}

const MOST_VIOLATIONS = 5;

/** Every combination of the choice parameters. The other parameters have their defaults. */
export function combinationsOfChoices(parameters: readonly Parameter[]): Settings[] {
  let all: Settings[] = [{}];
  for (const parameter of parameters) {
    if (parameter.kind !== 'choice') continue;
    all = all.flatMap((settings) =>
      parameter.choices.map((choice) => ({ ...settings, [parameter.name]: choice })),
    );
  }
  return all;
}
