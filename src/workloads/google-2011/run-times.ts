import type { Micros } from '../../model/index.js';

/** Number of points of the normal density that represent all tasks of a job, and their range in sigmas. */
const POINTS = 15;
const REACH = 3.5;

/** Number of bisections of the search interval of the median. */
const STEPS = 40;

/** The jobs that do not span the trace, a column per property. */
export interface PassingJobs {
  /** Number of the job's tasks times the request of each. */
  readonly weight: Float64Array;
  /** Median run time of the job's tasks relative to that of all jobs. */
  readonly factor: Float64Array;
  /** Time from the job's submission to the end of the trace, where its tasks are cut off, as in a log that ends. */
  readonly left: Float64Array;
}

/**
 * The median run time with which these jobs do this amount of work (weight times run time). It refers to this trace,
 * not to the long run, because a few large and long jobs dominate the work. The run times of a job's tasks are
 * lognormal with this sigma.
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
