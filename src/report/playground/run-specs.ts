import { isPolicyPath, parsePolicyUse, policyUseText } from '../../lab/policy-file/policy-use.js';
import type { RunSources } from '../../lab/run/run-sources.js';
import type { RunSpec } from '../../lab/run/run-spec.js';
import { policyChoices } from '../../lab/scenario/policy-uses.js';
import { DURATION_FORM, exactDurationText, InputError, parseDuration, quote } from '../../model/index.js';
import { isMachineSpecification } from '../../workloads/machines.js';
import type { Experiment, PolicyUse } from '../experiment.js';
import { distinct } from '../heading.js';

/** Most runs of one experiment, because a page has one processor and no folder for results. */
const MOST_RUNS = 60;

/** What a page cannot hold, by the key of the spec. */
const NOT_HELD = {
  machineChanges: '--machine-changes',
  machineCount: 'a number of machines of a compaction',
  warmUp: '--warm-up',
  tenants: 'tenants',
  explain: '--explain',
} as const satisfies Partial<Record<keyof RunSpec, string>>;

/** The experiment of these runs, which are every policy under every seed. @throws InputError for what a page cannot hold, such as files */
export function experimentOf(specs: readonly RunSpec[], versus: string | undefined): Experiment {
  const [first] = specs;
  const { workload, machines = '', until, failures, operations, set } = first;
  for (const [key, name] of Object.entries(NOT_HELD))
    if (first[key as keyof RunSpec] !== undefined) throw cannotHold(name);
  if (workload.kind !== 'generated') throw cannotHold(`the file ${quote(workload.path)}`);
  if (workload.after !== undefined) throw cannotHold('services that start after others');
  if (machines !== '' && !isMachineSpecification(machines)) throw cannotHold(`the file ${quote(machines)}`);
  if (set['failures.trace'] !== undefined) throw cannotHold('a file of failures');
  const policies = distinct(specs.map(({ policy }) => policy));
  const file = policies.find((policy) => isPolicyPath(parsePolicyUse(policy).name));
  if (file !== undefined) throw cannotHold(`the policy file ${quote(file)}`);
  return {
    policies: policies.map((policy) => {
      const { name, arguments: given } = parsePolicyUse(policy);
      return { name, arguments: Object.fromEntries(given.map((one) => [one.name, one.value])) };
    }),
    versus: versus ?? null,
    seeds: distinct(specs.map(({ seed }) => seed)),
    machines,
    until: until === undefined || !Number.isFinite(until) ? '' : exactDurationText(until),
    failures: failures?.preset ?? '',
    faults: failures?.faults ?? [],
    operations: operations ?? [],
    set,
    workload: { name: workload.name, services: workload.services ?? null },
  };
}

function cannotHold(what: string): InputError {
  return new InputError(
    { field: '--interactive' },
    `a page cannot repeat runs with ${what}; it holds generated workloads and built-in policies`,
  );
}

/** Every policy under every seed. @throws InputError */
export async function specsOf(experiment: Experiment, sources: RunSources): Promise<RunSpec[]> {
  const { seeds, machines, failures, faults, operations, set, workload } = experiment;
  const until = durationOf(experiment.until);
  const policies = await policyChoices(
    experiment.policies.map(useText),
    set,
    () => {},
    ({ use }) => sources.policy(use.name),
  );
  if (policies.length === 0) throw new InputError({}, 'choose at least one policy');
  if (policies.length * seeds.length > MOST_RUNS)
    throw new InputError({}, `${policies.length * seeds.length} runs; a page makes at most ${MOST_RUNS}`);
  return policies.flatMap((policy) =>
    seeds.map((seed) => ({
      ...policy,
      workload: {
        kind: 'generated',
        name: workload.name,
        ...(workload.services !== null && { services: workload.services }),
      },
      seed,
      set,
      ...(machines !== '' && { machines }),
      ...(until !== undefined && { until }),
      ...((failures !== '' || faults.length > 0) && {
        failures: { ...(failures !== '' && { preset: failures }), ...(faults.length > 0 && { faults }) },
      }),
      ...(operations.length > 0 && { operations }),
    })),
  );
}

/** A policy of an experiment as in `--policy`. */
export function useText({ name, arguments: given }: PolicyUse): string {
  return policyUseText({
    name,
    arguments: Object.entries(given).map(([parameter, value]) => ({ name: parameter, value })),
  });
}

function durationOf(text: string): number | undefined {
  if (text === '') return undefined;
  const until = parseDuration(text);
  if (until === undefined) throw InputError.expected({ field: '--until' }, text, DURATION_FORM);
  return until;
}
