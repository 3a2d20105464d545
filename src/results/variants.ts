import type { Summary } from '../metrics/summary/summary-schema.js';

/** Runs of one policy under the same settings, over their seeds. */
export interface Variant {
  /** The policy's name; with what is set differently, where a policy occurs under several settings. */
  readonly name: string;
  readonly summaries: readonly Summary[];
}

/**
 * Groups runs that differ in their seed alone, in the order in which they come. Runs of one policy that differ in more are
 * told apart by it: `drf (refuse=10s)`.
 */
export function variantsOf(summaries: readonly Summary[]): Variant[] {
  const groups = new Map<string, Summary[]>();
  for (const summary of summaries) {
    const key = JSON.stringify([
      summary.run.policy.name,
      Object.entries(conditions(summary)),
      timesSeen(summary, groups),
    ]);
    groups.set(key, [...(groups.get(key) ?? []), summary]);
  }
  const variants = [...groups.values()];
  return variants.map((group) => {
    const namesakes = variants.filter((other) => other[0].run.policy.name === group[0].run.policy.name);
    return { name: nameOf(group[0], namesakes), summaries: group };
  });
}

/** All that a run can differ in, but for policy and seed. */
function conditions({ run }: Summary): Record<string, string> {
  const { policy, workload, settings, machines, horizon } = run;
  return Object.fromEntries(
    Object.entries({
      ...policy.parameters,
      ...workload.parameters,
      ...settings,
      workload: workload.name,
      machines: machines.source,
      until: horizon ?? 'never',
    }).map(([name, value]) => [name, String(value)]),
  );
}

/** A second run of the same policy, conditions and seed is another one, such as of two files with one name. */
function timesSeen(summary: Summary, groups: ReadonlyMap<string, readonly Summary[]>): number {
  const own = JSON.stringify(conditions(summary));
  return [...groups.values()]
    .flat()
    .filter(
      (other) =>
        other.run.policy.name === summary.run.policy.name &&
        other.run.seed === summary.run.seed &&
        JSON.stringify(conditions(other)) === own,
    ).length;
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
