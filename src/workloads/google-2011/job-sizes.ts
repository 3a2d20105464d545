import { InputError } from '../../model/index.js';
import { boundedPareto } from '../services/load-curves.js';

/** What is asked of the numbers of tasks of jobs. */
export interface SizeMix {
  readonly jobs: number;
  /** Tasks of all jobs together. */
  readonly tasks: number;
  /** Share of jobs that have one task. */
  readonly oneTask: number;
  /** Tasks of the largest jobs. */
  readonly largest: number;
}

/** Tail indices between which the one is sought that gives the number of tasks: at -1 all sizes are equally likely. */
const ALPHA = { low: -1, high: 20 };

/** Halvings of that interval. */
const STEPS = 40;

/**
 * Tasks of each job, smallest job first, exactly `tasks` in all. The jobs that have more than one follow a bounded Pareto, each
 * at its own quantile, so that the whole does not hang on a few draws of a heavy tail; the tail index is the one that gives
 * the total.
 * @throws InputError when no such mix has so many tasks.
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
  // Rounding leaves a few tasks over, fewer than there are jobs.
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
