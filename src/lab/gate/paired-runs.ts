import type { Summary } from '../../metrics/catalogue/catalogue.js';
import { InputError, quote } from '../../model/index.js';
import { type Variant, variantsOf } from '../../results/variants.js';

/** The runs of one policy of the baseline, and those with which they are compared, pair by pair under one seed. */
export interface PairedRuns {
  /** Name in the baseline, with the differing settings if the policy occurs under several. */
  readonly policy: string;
  readonly pairs: readonly RunPair[];
  /** Several seeds gave equal runs on both sides: nothing is random, so differences are exact. */
  readonly isExact: boolean;
}

/** Two runs under one seed. */
export interface RunPair {
  readonly before: Summary;
  readonly after: Summary;
}

/** Pairs every run of the baseline with its counterpart. @throws InputError if it has none, or if that did other work. */
export function pairRuns(baseline: readonly Summary[], candidate: readonly Summary[]): PairedRuns[] {
  const [before, after] = [variantsOf(baseline), variantsOf(candidate)];
  return before.map((variant) => {
    const counterpart = counterpartOf(variant, before, after);
    const pairs = variant.summaries.map((summary) => ({
      before: summary,
      after: partnerOf(summary, counterpart),
    }));
    for (const pair of pairs) checkSameWork(pair);
    return {
      policy: variant.name,
      pairs,
      isExact: variant.isDeterministic && counterpart?.isDeterministic === true,
    };
  });
}

/** The runs with the same policy and settings, or the only ones: a candidate may have another policy. */
function counterpartOf(
  variant: Variant,
  before: readonly Variant[],
  after: readonly Variant[],
): Variant | undefined {
  const { name } = variant.summaries[0].run.policy;
  const namesakes = after.filter(({ summaries }) => summaries[0].run.policy.name === name);
  const sameName = after.find((other) => other.name === variant.name);
  if (sameName !== undefined) return sameName;
  if (namesakes.length === 1) return namesakes[0];
  return before.length === 1 && after.length === 1 ? after[0] : undefined;
}

function partnerOf({ run }: Summary, counterpart: Variant | undefined): Summary {
  const found = counterpart?.summaries.find((other) => other.run.seed === run.seed);
  if (found !== undefined) return found;
  throw new InputError(
    {},
    `the baseline's run of ${run.policy.name} with seed ${run.seed} has no counterpart in the candidate`,
  );
}

/** Runs are compared under the same conditions. A parameter that one of the versions does not have is not compared. */
function checkSameWork({ before, after }: RunPair): void {
  const [expected, found] = [conditionsOf(before), conditionsOf(after)];
  const { sha256, name } = before.run.workload;
  if (sha256 !== undefined && sha256 !== after.run.workload.sha256)
    throw new InputError(
      { field: '--trace' },
      `differs from the file of the baseline: ${quote(name)} had another sha256`,
    );
  for (const [condition, value] of Object.entries(expected)) {
    const other = found[condition];
    if (other !== undefined && other !== value)
      throw new InputError(
        { field: '--baseline' },
        `is of another workload: its ${condition} is ${quote(value)}, that of the candidate is ${quote(other)}`,
      );
  }
}

/** What a run is under, but for its policy and its seed. */
function conditionsOf({ run }: Summary): Record<string, string> {
  const { workload, machines, failures } = run;
  return Object.fromEntries(
    Object.entries({
      workload: workload.name,
      machines: `${machines.count} of ${machines.source}`,
      'length in seconds': run.horizon ?? 'never',
      'warm-up in seconds': run.warmUp?.seconds ?? 0,
      services: workload.services?.join(', ') ?? '',
      failures: failures === undefined ? '' : `${failures.preset} ${failures.faults.join('; ')}`.trim(),
      operations: run.operations?.join('; ') ?? '',
      tenants: JSON.stringify(run.tenants ?? []),
      ...workload.parameters,
      ...failures?.settings,
      ...run.settings,
    }).map(([name, value]) => [name, String(value)]),
  );
}
