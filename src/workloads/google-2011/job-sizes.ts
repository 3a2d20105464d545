import { InputError } from '../../model/index.js';
import { boundedPareto } from '../services/bounded-pareto.js';

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

/**
 * Tasks of each job, smallest job first, exactly `tasks` in all. The jobs that have more than one follow a bounded Pareto, each
 * at its own quantile, so that the whole does not hang on a few draws of a heavy tail; the tail index is the one that gives
 * the total.
 * @throws InputError when no such mix has so many tasks.
 */
export function jobSizes(mix: SizeMix): Int32Array {
  const { jobs, tasks } = mix;
  let [low, high] = [ALPHA.low, ALPHA.high];
  if (tasks > total(sizesAt(mix, low)) || tasks < total(sizesAt(mix, high)))
    throw InputError.expected(
      { field: 'tasks' },
      tasks,
      `from ${total(sizesAt(mix, high))} to ${total(sizesAt(mix, low))} tasks for ${jobs} jobs of at most ${mix.largest}`,
    );
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2;
    if (total(sizesAt(mix, middle)) > tasks) low = middle;
    else high = middle;
  }
  const sizes = sizesAt(mix, high);
  // Rounding leaves a few tasks over, fewer than there are jobs.
  for (let left = tasks - total(sizes), job = jobs - 1; left > 0; left--, job--) {
    sizes[job]++;
  }
  return sizes;
}

function sizesAt({ jobs, oneTask, largest }: SizeMix, alpha: number): Int32Array {
  const single = Math.round(jobs * oneTask);
  const sizes = new Int32Array(jobs).fill(1);
  for (let job = single; job < jobs; job++) {
    const quantile = (job - single + 0.5) / (jobs - single);
    sizes[job] = Math.round(boundedPareto(quantile, alpha, 2, largest));
  }
  return sizes;
}

function total(sizes: Int32Array): number {
  let sum = 0;
  for (const size of sizes) sum += size;
  return sum;
}
