import type { RunSeries } from '../metrics/files/series-csv.js';
import type { RunRecord } from '../metrics/run-record.js';
import { listText, pluralText } from './metric-text.js';
import { independentObservations } from './statistics/independent-observations.js';
import { mser5 } from './statistics/warm-up.js';
import { runsByVariant } from './variants.js';

type Run = Pick<RunRecord, 'summary' | 'series'>;

/**
 * The warm-up of runs that are compared, in seconds, by MSER-5. The series of a policy is the number of tasks in the system, waiting or
 * running, averaged over the seeds; the warm-up is the largest that a policy has, so that all runs leave out the same time. Undefined if
 * MSER-5 finds none in the first half of the runs of some policy.
 */
export function warmUpOfRuns(runs: readonly Run[]): number | undefined {
  const found = runsByVariant(runs).map((variant) => {
    const { courses, intervalSeconds } = coursesOf(variant.runs);
    const left = mser5(courses[0].map((_, i) => meanOf(courses.map((values) => values[i]))));
    return left === undefined ? undefined : left * intervalSeconds;
  });
  return found.some((one) => one === undefined) ? undefined : Math.max(...(found as number[]));
}

/**
 * With fewer independent observations, means of a run tell little about the steady state. A run of M/M/1 of 7 relaxation times has 18 to 20 in
 * the median, and one of 20 relaxation times has 36 (docs/statistics.md).
 */
const ENOUGH = 20;

/**
 * One note if runs are short for a steady state. None for the replay of a trace: its arrivals are those of a recorded time, and its results
 * are for that time.
 */
export function shortRunNotes(runs: readonly Run[]): string[] {
  const short = runsByVariant(runs).flatMap(({ name, runs: own }) => {
    const { run } = own[0].summary;
    if (run.workload.kind === 'trace') return [];
    const { courses, intervalSeconds } = coursesOf(own);
    const left = Math.ceil((run.warmUp?.seconds ?? 0) / intervalSeconds);
    const count = independentObservations(courses.map((values) => values.slice(left)));
    return count === undefined || count >= ENOUGH ? [] : [{ name, count: Math.max(1, Math.round(count)) }];
  });
  if (short.length === 0) return [];
  const names = listText(short.map(({ name }) => name));
  const least = Math.min(...short.map(({ count }) => count));
  return [
    `${names}: The run is short for a steady state. It holds about ${pluralText(least, 'independent observation')} of the number of tasks, and ${ENOUGH} are needed. Means and intervals are for this time alone (docs/statistics.md).`,
  ];
}

/** The courses of runs in the longest of their intervals, up to the end of the shortest. */
function coursesOf(runs: readonly Run[]): {
  readonly intervalSeconds: number;
  readonly courses: readonly (readonly number[])[];
} {
  const intervalSeconds = Math.max(...runs.map(({ series }) => series.binSeconds));
  const courses = runs.map(({ series }) =>
    merged(tasksInSystem(series), intervalSeconds / series.binSeconds),
  );
  const length = Math.min(...courses.map((values) => values.length));
  return { intervalSeconds, courses: courses.map((values) => values.slice(0, length)) };
}

/** The number of tasks that wait or run: its mean in each interval of the series, without a last one that is shorter. */
function tasksInSystem({ columns, binSeconds, lastBinSeconds }: RunSeries): readonly number[] {
  const column = (name: string) => columns.find((one) => one.name === name)?.values ?? new Float64Array(0);
  const [pending, running] = [column('pending'), column('running')];
  const whole = lastBinSeconds < binSeconds ? pending.length - 1 : pending.length;
  return Array.from({ length: Math.max(0, whole) }, (_, i) => pending[i] + running[i]);
}

/** Means of so many neighbours. The interval of a series doubles as its run goes on, so the number is whole. */
function merged(values: readonly number[], count: number): readonly number[] {
  return Array.from({ length: Math.floor(values.length / count) }, (_, i) =>
    meanOf(values.slice(i * count, (i + 1) * count)),
  );
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
