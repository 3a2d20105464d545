import { MICROS_PER_SECOND, type Micros } from '../../model/index.js';

/** Points of the normal density that are summed, and how many sigmas out. */
const STEPS = 400;
const REACH = 8;

/**
 * Median, in seconds, of the lognormal with this sigma for which tasks that come at any time of the span, and are cut off at
 * its end as the record of a trace is, run for `mean` seconds on average.
 */
export function medianRunTime(mean: number, sigma: number, span: Micros): number {
  let [low, high] = [0, mean];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (meanWithin(middle, sigma, span / MICROS_PER_SECOND) < mean) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function meanWithin(median: number, sigma: number, span: number): number {
  let sum = 0;
  let weights = 0;
  for (let i = 0; i <= STEPS; i++) {
    const z = REACH * ((2 * i) / STEPS - 1);
    const weight = Math.exp((-z * z) / 2);
    sum += weight * cutOff(median * Math.exp(sigma * z), span);
    weights += weight;
  }
  return sum / weights;
}

/** Mean of min(time, what is left of the span) where the beginning is uniform over the span. */
function cutOff(time: number, span: number): number {
  return time < span ? time - time ** 2 / (2 * span) : span / 2;
}
