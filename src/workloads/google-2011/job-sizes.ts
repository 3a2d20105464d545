import { InputError } from '../../model/index.js';
import { boundedPareto } from '../services/load-curves.js';

/** Required numbers of jobs and tasks. */
export interface SizeMix {
  readonly jobs: number;
  /** Total number of tasks. */
  readonly tasks: number;
  /** Share of jobs with one task. */
  readonly oneTask: number;
  /** Number of tasks of the largest jobs. */
  readonly largest: number;
}

/** Search interval of the tail index that gives the number of tasks. At -1 all sizes are equally likely. */
const ALPHA = { low: -1, high: 20 };

/** Number of bisections of that interval. */
const STEPS = 40;

/**
 * Number of tasks of each job, smallest job first, with the exact total `tasks`. Jobs with more than one task follow a
 * bounded Pareto distribution. Each has its own quantile, so that the total does not depend on a few draws of a heavy
 * tail. The tail index is chosen to give the total.
 * @throws InputError when no tail index gives this total.
 */
export function jobSizes(mix: SizeMix): Int32Array {
  const { jobs, tasks } = mix;
  const [fewest, most] = [totalAt(mix, ALPHA.high), totalAt(mix, ALPHA.low)];
  if (tasks < fewest || tasks > most)
    throw InputError.expected(
      { field: 'tasks' },
      tasks,
      `from ${fewest} to ${most} tasks for ${jobs} jobs of at most ${mix.largest}`,
    );
  let [low, high] = [ALPHA.low, ALPHA.high];
  for (let step = 0; step < STEPS; step++) {
    const middle = (low + high) / 2;
    if (totalAt(mix, middle) > tasks) low = middle;
    else high = middle;
  }
  const sizes = Int32Array.from({ length: jobs }, (_, job) => sizeAt(mix, high, job));
  // Rounding leaves a few tasks, fewer than there are jobs.
  for (let left = tasks - totalAt(mix, high), job = jobs - 1; left > 0; left--, job--) sizes[job]++;
  return sizes;
}

function totalAt(mix: SizeMix, alpha: number): number {
  const single = singleJobs(mix);
  let total = single;
  for (let job = single; job < mix.jobs; job++) total += sizeAt(mix, alpha, job);
  return total;
}

function sizeAt(mix: SizeMix, alpha: number, job: number): number {
  const single = singleJobs(mix);
  if (job < single) return 1;
  const quantile = (job - single + 0.5) / (mix.jobs - single);
  return Math.round(boundedPareto(quantile, alpha, 2, mix.largest));
}

function singleJobs({ jobs, oneTask }: SizeMix): number {
  return Math.round(jobs * oneTask);
}
