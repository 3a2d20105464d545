import { BUCKETS, type UsageHistogram } from './usage-histogram.js';

/**
 * S_avg of Autopilot (Rzadca et al., EuroSys 2020, section 3.2.2): the mean usage, weighed by age; for what bears being throttled. Each sample
 * counts as the upper bound of its bucket. 0 where nothing has been seen.
 */
export function weightedAverage(histogram: UsageHistogram): number {
  let sum = 0;
  let weight = 0;
  for (let k = 0; k < BUCKETS; k++) {
    sum += histogram.weights[k] * histogram.upperBound(k);
    weight += histogram.weights[k];
  }
  return weight === 0 ? 0 : sum / weight;
}
