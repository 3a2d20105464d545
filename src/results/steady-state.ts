import type { RunRecord } from '../metrics/run-record.js';
import { mser5 } from './statistics/warm-up.js';
import { variantsOf } from './variants.js';

type Run = Pick<RunRecord, 'summary' | 'series'>;

/** The state of a system over time: its mean in each of equal intervals. */
interface Course {
  readonly intervalSeconds: number;
  readonly values: readonly number[];
}

/**
 * The warm-up of runs that are compared, in seconds, by MSER-5. The series of a policy is the number of tasks in the system, waiting or
 * running, averaged over the seeds; the warm-up is the largest that a policy has, so that all runs leave out the same time. Undefined if
 * MSER-5 finds none in the first half of the runs of some policy.
 */
export function warmUpOfRuns(runs: readonly Run[]): number | undefined {
  const found = variantsOf(runs.map(({ summary }) => summary)).map(({ summaries }) => {
    const { values, intervalSeconds } = meanCourse(
      runs.filter(({ summary }) => summaries.includes(summary)).map(tasksInSystem),
    );
    const left = mser5(values);
    return left === undefined ? undefined : left * intervalSeconds;
  });
  return found.some((one) => one === undefined) ? undefined : Math.max(...(found as number[]));
}

/** The intervals of the series of a run, without a last one that is shorter. */
function tasksInSystem({ series }: Run): Course {
  const { columns, binSeconds, lastBinSeconds } = series;
  const column = (name: string) => columns.find((one) => one.name === name)?.values ?? new Float64Array(0);
  const [pending, running] = [column('pending'), column('running')];
  const whole = lastBinSeconds < binSeconds ? pending.length - 1 : pending.length;
  const values = Array.from({ length: Math.max(0, whole) }, (_, i) => pending[i] + running[i]);
  return { intervalSeconds: binSeconds, values };
}

/** The mean over courses, in the longest of their intervals, up to the end of the shortest. */
function meanCourse(courses: readonly Course[]): Course {
  const intervalSeconds = Math.max(...courses.map((course) => course.intervalSeconds));
  const all = courses.map((course) => merged(course, intervalSeconds));
  const length = Math.min(...all.map((values) => values.length));
  const values = Array.from(
    { length },
    (_, i) => all.reduce((sum, course) => sum + course[i], 0) / all.length,
  );
  return { intervalSeconds, values };
}

/** Means in longer intervals. The interval of a series doubles as its run goes on, so one is a multiple of the other. */
function merged({ values, intervalSeconds }: Course, longer: number): readonly number[] {
  const count = Math.round(longer / intervalSeconds);
  return Array.from({ length: Math.floor(values.length / count) }, (_, i) => {
    const part = values.slice(i * count, (i + 1) * count);
    return part.reduce((sum, value) => sum + value, 0) / count;
  });
}
