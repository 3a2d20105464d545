import { ParameterValues } from '../model/index.js';
import type { Policy } from '../policies/policy.js';
import { combinationsOfChoices } from './choices.js';
import { type Counterexample, findCounterexample } from './counterexample.js';
import { type Feature, withoutFeatures } from './features.js';
import { simulatedHost } from './simulated-host.js';
import type { Promises } from './subject.js';

/** How a policy is put to the test. */
export interface ConformanceTerms {
  /** Random scenarios; 200 when left out. */
  readonly runs?: number;
  /** 1 when left out. The same seed draws the same scenarios. */
  readonly seed?: number;
  /** What the policy does not claim to know. */
  readonly without?: readonly Feature[];
  /** What it promises beyond what all must keep. */
  readonly promises?: Promises;
}

/**
 * Puts a policy, under every combination of its choices, to the same test as the built-in ones: random small clusters with
 * machines that come and go, watched event by event. Returns a small scenario in which it breaks a rule, or undefined.
 */
export function checkPolicy(
  policy: Policy,
  { runs = 200, seed = 1, without = [], promises = {} }: ConformanceTerms = {},
): Promise<Counterexample | undefined> {
  const subject = {
    name: policy.name,
    settings: combinationsOfChoices(policy.parameters),
    build: (settings: Readonly<Record<string, number | string>>, context: Parameters<Policy['build']>[1]) =>
      policy.build(new ParameterValues(policy.parameters, settings), context),
    promises: () => promises,
  };
  return findCounterexample(subject, simulatedHost, {
    runs,
    seed,
    adapt: (scenario) => withoutFeatures(scenario, without),
  });
}

/** The counterexample as a person reads it: what was broken, under which settings, in which scenario. */
export function counterexampleText({ violations, settings, scenario }: Counterexample): string {
  const set = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  return [
    ...violations.slice(0, MOST_VIOLATIONS).map(({ check, problem }) => `broken: ${check}\n  ${problem}`),
    ...(violations.length > MOST_VIOLATIONS ? [`and ${violations.length - MOST_VIOLATIONS} more`] : []),
    `settings: ${set.length === 0 ? 'the defaults' : set.join(' ')}`,
    `scenario: ${JSON.stringify(scenario, (_key, value) => (value === Number.POSITIVE_INFINITY ? 'forever' : value))}`,
  ].join('\n');
}

const MOST_VIOLATIONS = 5;
