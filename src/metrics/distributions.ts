import { MICROS_PER_SECOND } from '../model/index.js';
import type { JobDistributions, JobHistograms } from './collectors/job-distributions.js';
import { SLOWDOWN_UNIT } from './kernels/bounded-slowdown.js';
import type { LogHistogram } from './kernels/log-histogram.js';

/** Waits, responses and bounded slowdowns of the jobs of a run, without those of the warm-up. It is plain data. */
export interface Distributions {
  /** The resource of the sizes. */
  readonly resource: string;
  readonly groups: readonly JobGroup[];
}

/** What the jobs of a group have in common. */
export type GroupKind = 'all' | 'framework' | 'size' | 'user';

/** The jobs of a framework, of a size, of a user, or all. */
export interface JobGroup {
  readonly kind: GroupKind;
  /** Name of the framework or user; empty for all jobs, and of an unknown user. The largest size of the class. Null for further users. */
  readonly name: string | number | null;
  /** Seconds. */
  readonly wait: Bars;
  /** Seconds; of jobs that ended, without instances of services. */
  readonly response: Bars;
  /** Bounded slowdown of the jobs with a response. */
  readonly slowdown: Bars;
}

/** The buckets of a histogram, ascending: the mean and the number of values of each. */
export interface Bars {
  readonly values: Float64Array;
  readonly counts: Float64Array;
  /** The largest value; NaN without values. */
  readonly greatest: number;
}

/** The distributions of an ended run. */
export function distributionsOf({
  cluster,
  all,
  byFramework,
  bySize,
  byUser,
  otherUsers,
}: JobDistributions): Distributions {
  return {
    resource: cluster.space.names[0],
    groups: [
      jobGroup('all', '', all),
      ...[...byFramework].map(([name, group]) => jobGroup('framework', name, group)),
      ...[...bySize].sort(([a], [b]) => a - b).map(([size, group]) => jobGroup('size', size, group)),
      ...[...byUser].map(([user, group]) => jobGroup('user', user ?? '', group)),
      ...(otherUsers.wait.count === 0 ? [] : [jobGroup('user', null, otherUsers)]),
    ],
  };
}

function jobGroup(kind: GroupKind, name: string | number | null, group: JobHistograms): JobGroup {
  return {
    kind,
    name,
    wait: barsOf(group.wait, MICROS_PER_SECOND),
    response: barsOf(group.response, MICROS_PER_SECOND),
    slowdown: barsOf(group.slowdown, SLOWDOWN_UNIT),
  };
}

function barsOf(histogram: LogHistogram, unit: number): Bars {
  const bars = histogram.histogram();
  return {
    values: Float64Array.from(bars, ({ value }) => value / unit),
    counts: Float64Array.from(bars, ({ count }) => count),
    greatest: histogram.count === 0 ? Number.NaN : histogram.greatest / unit,
  };
}

/** The bars of several groups together. */
export function mergedBars(all: readonly Bars[]): Bars {
  if (all.length === 1) return all[0];
  const merged = all
    .flatMap(({ values, counts }) => Array.from(values, (value, i) => [value, counts[i]] as const))
    .sort(([a], [b]) => a - b);
  const greatest = all.flatMap((bars) => (bars.values.length === 0 ? [] : [bars.greatest]));
  return {
    values: Float64Array.from(merged, ([value]) => value),
    counts: Float64Array.from(merged, ([, count]) => count),
    greatest: greatest.length === 0 ? Number.NaN : Math.max(...greatest),
  };
}

/** The number of values. */
export function countOf({ counts }: Bars): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/** The value of rank ceil(q n), as that of the histogram; NaN without values. */
export function quantileOf(bars: Bars, q: number): number {
  const count = countOf(bars);
  if (count === 0) return Number.NaN;
  const rank = Math.min(count, Math.max(1, Math.ceil(q * count)));
  if (rank === count) return bars.greatest;
  let seen = 0;
  for (const [i, value] of bars.values.entries()) {
    seen += bars.counts[i];
    if (seen >= rank) return value;
  }
  return bars.greatest;
}
