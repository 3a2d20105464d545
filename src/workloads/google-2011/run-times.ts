import type { Micros } from '../../model/index.js';

/** Points of the normal density that stand for all tasks of a job, and how many sigmas out they reach. */
const POINTS = 15;
const REACH = 3.5;

/** Halvings of the interval in which the median is sought. */
const STEPS = 40;

/** The jobs whose tasks come and go, a column each. */
export interface PassingJobs {
  /** Tasks of the job times what each of them asks for. */
  readonly weight: Float64Array;
  /** Median run time of the job's tasks over that of all jobs. */
  readonly factor: Float64Array;
  /** What is left of the trace when the job comes: tasks are cut off at its end, as in a record that ends. */
  readonly left: Float64Array;
}

/**
 * The median run time with which these jobs do so much work (weight times run time): not in the long run but in this trace,
 * since a few large and long jobs decide it. The run times of a job's tasks are lognormal with this sigma.
 */
export function medianForWork(jobs: PassingJobs, work: number, sigma: number): Micros {
  const spread = lognormalPoints(sigma);
  let low = 0;
  let high = jobs.left.reduce((most, left) => Math.max(most, left), 1);
  for (let step = 0; step < STEPS; step++) {
    const middle = (low + high) / 2;
    if (workAt(jobs, middle, spread) < work) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

interface Spread {
  readonly factor: Float64Array;
  readonly share: Float64Array;
}

function lognormalPoints(sigma: number): Spread {
  const z = Float64Array.from({ length: POINTS }, (_, i) => REACH * ((2 * i) / (POINTS - 1) - 1));
  const density = z.map((value) => Math.exp((-value * value) / 2));
  const whole = density.reduce((sum, value) => sum + value, 0);
  return { factor: z.map((value) => Math.exp(sigma * value)), share: density.map((value) => value / whole) };
}

function workAt({ weight, factor, left }: PassingJobs, median: number, spread: Spread): number {
  let work = 0;
  for (let job = 0; job < weight.length; job++) {
    let mean = 0;
    for (let i = 0; i < POINTS; i++)
      mean += spread.share[i] * Math.min(left[job], median * factor[job] * spread.factor[i]);
    work += weight[job] * mean;
  }
  return work;
}
