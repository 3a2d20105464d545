import { combinationsOfChoices } from '../../src/conformance/check-policy.js';
import type { Promises, Settings, Subject, WorkConservation } from '../../src/conformance/subject.js';
import { ParameterValues } from '../../src/model/index.js';
import { proportionalPartition } from '../../src/policies/allocators/silos.js';
import type { Policy, PolicyContext } from '../../src/policies/policy.js';

/** A registered policy under all its choices, with its documented guarantees. */
export function policySubject(policy: Policy): Subject {
  const choices = combinationsOfChoices(policy.parameters);
  const others = [...(OTHER_SETTINGS[policy.name] ?? []), ...withGrace(choices)];
  const valuesOf = (settings: Settings) => new ParameterValues(policy.parameters, settings);
  return {
    name: policy.name,
    settings: [...choices, ...others],
    build: (settings, context) => policy.build(valuesOf(settings), context),
    promises: (settings, context) => ({
      ...(PROMISES[policy.name]?.(valuesOf(settings), context) ??
        listPolicyPromises(policy, valuesOf(settings))),
      servesAnyJob: true,
    }),
  };
}

const SECOND = 1_000_000;

/** Preemption with a grace, where the policy preempts. */
function withGrace(choices: readonly Settings[]): Settings[] {
  const preempting = choices.filter(({ preemption }) => preemption === 'lower-band');
  return preempting.flatMap((choice) => [
    { ...choice, grace: 0.5 * SECOND },
    { ...choice, grace: 4 * SECOND },
  ]);
}

/** Additional settings to test that are not choices. */
const OTHER_SETTINGS: Readonly<Record<string, readonly Settings[]>> = {
  drf: [
    { interval: 0 },
    { refuse: 0 },
    { refuse: 30 * SECOND, interval: 2 * SECOND },
    { hold: 3 * SECOND },
    { hold: 2 * SECOND, timeout: 5 * SECOND },
    { hold: Number.POSITIVE_INFINITY, timeout: 3 * SECOND },
    { interval: 0, refuse: 0, hold: 1 * SECOND },
  ],
  lottery: [{ interval: 0 }, { refuse: 0 }, { hold: 2 * SECOND, timeout: 5 * SECOND }],
  silos: [{ sizing: 'peak', partitions: '' }],
  monolithic: [{ retry: 0.5 * SECOND, fruitlessAttempts: 2, attempts: 5 }],
  'whole-cell-offers': [
    { interval: 0, allocatorTime: 0 },
    { allocatorTime: 2 * SECOND, fruitlessAttempts: 2, attempts: 5 },
    { minimumCpus: 6 },
    { mode: 'omega-simulator', interval: 0.5 * SECOND, retry: 0.5 * SECOND },
  ],
  omega: [
    { schedulers: '3' },
    { schedulers: '2,web:1', transaction: 'all-or-nothing', conflict: 'sequence-number' },
    { retry: 0.5 * SECOND, fruitlessAttempts: 2, attempts: 5 },
  ],
  sparrow: [
    { delay: 0 },
    { delay: 1 * SECOND },
    { probes: 1, sampling: 'per-task' },
    { probes: 7, delay: 0.5 * SECOND },
  ],
};

/** Guarantees of each policy. An unlisted policy guarantees only that its decisions are valid. */
const GIVES_UP = () => ({ noRefusals: true, givesUp: true });

const PROMISES: Readonly<Record<string, (values: ParameterValues, context: PolicyContext) => Promises>> = {
  monolithic: GIVES_UP,
  'whole-cell-offers': GIVES_UP,
  omega: GIVES_UP,
  // Chance decides who is offered a machine, so there is no bound on a wait.
  lottery: () => ({ noRefusals: true }),
  conservative: (values) => ({
    noRefusals: true,
    // With at-start, the first job that cannot be counted makes it plan anew.
    ...(values.text('reserve') === 'lowest-rank' && {
      headIsNotDelayed: 'while tasks end as estimated',
      keepsPromises: true,
    }),
  }),
  silos(values, context) {
    const sizing = values.text('sizing') === 'peak' ? context.forecast?.peak : context.forecast?.mean;
    const owner = proportionalPartition(sizing as Float64Array, context);
    return {
      ...listPromises(values, { queues: 'per framework', within: 0 }),
      mayUse: (framework, machine) => owner[machine] === framework,
    };
  },
  drf(values, context) {
    const [interval, hold, refuse] = ['interval', 'hold', 'refuse'].map((name) => values.number(name));
    const frameworks = context.frameworks.length;
    // Without a filter that is longer than a round of offers, the framework with the lowest share may get the same offer
    // repeatedly. While offers are held, other frameworks get none.
    if (hold > 0 || refuse < frameworks * interval) return { noRefusals: true };
    // A framework whose gangs do not fit waits for up to sixteen intervals, or seconds.
    const nap = 17 * Math.max(interval, SECOND);
    const within = refuse + (frameworks + 1) * interval + SECOND + nap;
    return listPromises(values, { queues: 'per framework', within });
  },
};

/** Guarantees of monolithic list schedulers, which are recognized by their parameters. Others guarantee only valid decisions. */
function listPolicyPromises(policy: Policy, values: ParameterValues): Promises {
  const isList = policy.parameters.some(({ name }) => name === 'backfill');
  // Room that stays idle may be claimed.
  const hasGrace = policy.parameters.some(({ name }) => name === 'grace') && values.number('grace') > 0;
  if (!isList || hasGrace) return { noRefusals: true };
  const promises = listPromises(values, { queues: 'one', within: 0 });
  const mindsHead = values.text('order') === 'queue' && values.text('backfill') !== 'any';
  return mindsHead ? { ...promises, headIsNotDelayed: 'always' } : promises;
}

/** The work conservation of a list scheduler, by its order and its backfilling rule. */
function listPromises(values: ParameterValues, where: Omit<WorkConservation, 'of'>): Promises {
  if (values.text('backfill') === 'any')
    return { noRefusals: true, workConservation: { of: 'every task', ...where } };
  // With an order other than that of the queue, the head that must not be passed is another task.
  if (values.text('order') !== 'queue') return { noRefusals: true };
  return { noRefusals: true, workConservation: { of: 'the head of the queue', ...where } };
}
