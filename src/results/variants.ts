import type { Summary } from '../metrics/catalogue/catalogue.js';
import { exactDurationText, fromSeconds } from '../model/index.js';

/** Runs of one policy under the same settings, over their seeds. */
export interface Variant {
  /** The policy's name, with the differing settings if it occurs under several. */
  readonly name: string;
  readonly summaries: readonly Summary[];
  /** Whether several seeds gave equal results: nothing in the runs is random, so they are one run and not a sample. */
  readonly isDeterministic: boolean;
}

/**
 * Groups runs that differ only in their seed, in order of appearance. Names of variants of one policy contain the differing
 * settings: `drf (refuse=10s)`.
 */
export function variantsOf(summaries: readonly Summary[]): Variant[] {
  const groups = new Map<string, Summary[]>();
  const timesSeen = new Map<string, number>();
  for (const summary of summaries) {
    const variant = JSON.stringify([summary.run.policy.name, Object.entries(conditions(summary))]);
    // Repeated runs with equal policy, conditions and seed form separate variants, such as two files with one name.
    const run = JSON.stringify([variant, summary.run.seed]);
    const times = timesSeen.get(run) ?? 0;
    timesSeen.set(run, times + 1);
    const key = JSON.stringify([variant, times]);
    groups.set(key, [...(groups.get(key) ?? []), summary]);
  }
  const variants = [...groups.values()];
  return variants.map((group) => {
    const namesakes = variants.filter((other) => other[0].run.policy.name === group[0].run.policy.name);
    return {
      name: nameOf(group[0], namesakes),
      summaries: group,
      isDeterministic: isDeterministic(group),
    };
  });
}

/** The runs of each variant, grouped as `variantsOf` groups their summaries. */
export function runsByVariant<R extends { readonly summary: Summary }>(
  runs: readonly R[],
): { readonly name: string; readonly runs: readonly R[] }[] {
  return variantsOf(runs.map(({ summary }) => summary)).map(({ name, summaries }) => ({
    name,
    runs: runs.filter(({ summary }) => summaries.includes(summary)),
  }));
}

/** Whether several runs with different seeds have equal results. */
export function isDeterministic(summaries: readonly Summary[]): boolean {
  if (summaries.length < 2) return false;
  const withoutSeed = (summary: Summary) => JSON.stringify({ ...summary, run: { ...summary.run, seed: '' } });
  const first = withoutSeed(summaries[0]);
  return summaries.every((summary) => withoutSeed(summary) === first);
}

/** Everything that can differ between runs, except policy and seed. */
function conditions({ run }: Summary): Record<string, string> {
  const { policy, workload, settings, machines, horizon, warmUp } = run;
  return Object.fromEntries(
    Object.entries({
      ...policy.parameters,
      ...workload.parameters,
      ...settings,
      workload: workload.name,
      machines: machines.source,
      until: horizon ?? 'never',
      'warm-up': exactDurationText(fromSeconds(warmUp?.seconds ?? 0)),
    }).map(([name, value]) => [name, String(value)]),
  );
}

function nameOf(summary: Summary, namesakes: readonly (readonly Summary[])[]): string {
  const { name } = summary.run.policy;
  if (namesakes.length === 1) return name;
  const own = conditions(summary);
  const others = namesakes.map(([other]) => conditions(other));
  const differing = Object.keys(own).filter((key) => others.some((other) => other[key] !== own[key]));
  const label = differing.map((key) => `${key}=${own[key]}`).join(', ');
  const place = namesakes.findIndex(([other]) => other === summary) + 1;
  return `${name} (${label === '' ? place : label})`;
}
