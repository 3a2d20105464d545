import {
  type Bars,
  countOf,
  type Distributions,
  type JobGroup,
  mergedBars,
  quantileOf,
} from '../metrics/distributions.js';
import { intervalText } from '../results/interval-text.js';
import { meanInterval } from '../results/statistics/mean-interval.js';
import type { ComparedPolicy } from './compared-policy.js';
import {
  type DistributionData,
  type DistributionGroup,
  type MeasuredGroup,
  type PackedBars,
  PERCENTILES,
  STEPS_PER_DECADE,
} from './distribution-form.js';
import type { NamedGroup } from './framework-groups.js';
import { differences, packedNumbers } from './packed-bytes.js';

/** Users with curves of their own: those with the most jobs. */
const MOST_USERS = 8;

/** Classes of sizes with curves of their own: the smallest ones. Larger sizes are one class. */
const MOST_SIZES = 8;

/** A group, and the names of its members in the records. */
interface Members extends DistributionGroup {
  readonly has: (group: JobGroup) => boolean;
}

/** Null if no record has distributions. */
export function distributionData(
  policies: readonly ComparedPolicy[],
  frameworks: readonly NamedGroup[],
): DistributionData | null {
  const all = policies.flatMap(({ records }) => records.flatMap(({ distributions }) => distributions ?? []));
  if (all.length === 0) return null;
  const { resource } = all[0];
  const groups: Members[] = [
    { kind: 'all', label: 'all jobs', has: ({ kind }) => kind === 'all' },
    ...frameworks.map(
      ({ label, members }): Members => ({
        kind: 'framework',
        label,
        has: ({ kind, name }) => kind === 'framework' && members.includes(`${name}`),
      }),
    ),
    ...sizeGroups(all, resource),
    ...userGroups(all),
  ];
  return {
    resource,
    groups: groups.map(({ kind, label }) => ({ kind, label })),
    policies: policies.map(({ records }) => {
      const runs = records.flatMap(({ distributions }) => distributions ?? []);
      return runs.length === 0 ? null : groups.map((group) => measuredGroup(runs, group));
    }),
  };
}

function sizeGroups(all: readonly Distributions[], resource: string): Members[] {
  const sizes = new Set(
    all.flatMap(({ groups }) => groups.flatMap(({ kind, name }) => (kind === 'size' ? [Number(name)] : []))),
  );
  const sorted = [...sizes].sort((a, b) => a - b);
  if (sorted.length < 2) return [];
  const own = sorted.slice(0, MOST_SIZES);
  const below = (i: number) => (i === 0 ? '' : `over ${shortNumber(own[i - 1])} `);
  const isSize = (holds: (size: number) => boolean) => (group: JobGroup) =>
    group.kind === 'size' && holds(Number(group.name));
  return [
    ...own.map(
      (size, i): Members => ({
        kind: 'size',
        label: `${below(i)}up to ${shortNumber(size)} ${resource}`,
        has: isSize((one) => one === size),
      }),
    ),
    ...(sorted.length > own.length
      ? [
          {
            kind: 'size',
            label: `over ${shortNumber(own[own.length - 1])} ${resource}`,
            has: isSize((one) => one > own[own.length - 1]),
          } as const,
        ]
      : []),
  ];
}

function shortNumber(value: number): number {
  return Number(value.toPrecision(4));
}

/** The users with the most jobs, and all others together. None if every user is unknown. */
function userGroups(all: readonly Distributions[]): Members[] {
  const jobs = new Map<string | null, number>();
  for (const { groups } of all)
    for (const { kind, name, wait } of groups)
      if (kind === 'user') {
        const user = name === null ? null : `${name}`;
        jobs.set(user, (jobs.get(user) ?? 0) + countOf(wait));
      }
  const named = [...jobs.keys()].filter((user): user is string => user !== null && user !== '');
  if (named.length === 0) return [];
  const sorted = named.sort((a, b) => (jobs.get(b) ?? 0) - (jobs.get(a) ?? 0));
  const own = new Set(sorted.slice(0, MOST_USERS));
  const isOf = (holds: (user: string | null) => boolean) => (group: JobGroup) =>
    group.kind === 'user' && holds(group.name === null ? null : `${group.name}`);
  const others = sorted.length - own.size;
  const hasMore = jobs.has(null);
  return [
    ...[...own].map(
      (user): Members => ({ kind: 'user', label: `user ${user}`, has: isOf((one) => one === user) }),
    ),
    ...(others > 0 || hasMore
      ? [
          {
            kind: 'user',
            label: hasMore ? 'all other users' : `${others} other users`,
            has: isOf((one) => one === null || (one !== '' && !own.has(one))),
          } as const,
        ]
      : []),
    ...(jobs.has('')
      ? [{ kind: 'user', label: 'user unknown', has: isOf((one) => one === '') } as const]
      : []),
  ];
}

function measuredGroup(runs: readonly Distributions[], { has }: Members): MeasuredGroup {
  const measured = (measure: 'wait' | 'response' | 'slowdown') =>
    packedBars(
      runs.map(({ groups }) => mergedBars(groups.filter(has).map((group) => group[measure]))),
      measure === 'slowdown' ? 'ratio' : 's',
    );
  return { wait: measured('wait'), response: measured('response'), slowdown: measured('slowdown') };
}

/** `bySeed` has a distribution for each seed. */
function packedBars(bySeed: readonly Bars[], unit: 's' | 'ratio'): PackedBars {
  const { values, counts } = mergedBars(bySeed);
  let zero = 0;
  const steps = new Map<number, number>();
  for (const [i, value] of values.entries()) {
    if (value === 0) zero += counts[i];
    else {
      const step = Math.round(STEPS_PER_DECADE * Math.log10(value));
      steps.set(step, (steps.get(step) ?? 0) + counts[i]);
    }
  }
  const sorted = [...steps].sort(([a], [b]) => a - b);
  return {
    jobs: counts.reduce((sum, count) => sum + count, 0),
    zero,
    values: packedNumbers(differences(sorted.map(([step]) => step))),
    counts: packedNumbers(sorted.map(([, count]) => count)),
    percentiles: PERCENTILES.map((q) => {
      const quantiles = bySeed.map((bars) => quantileOf(bars, q)).filter((value) => !Number.isNaN(value));
      return intervalText(quantiles.length === 0 ? undefined : meanInterval(quantiles), { unit });
    }),
  };
}
