import { BUCKETS, type UsageHistogram } from './usage-histogram.js';

/**
 * S_pj of Autopilot (Rzadca et al., EuroSys 2020, section 3.2.2): the percentile of usage weighed by age and by the usage itself, so that the limit
 * holds for a share `j` of the work done rather than of the time. The upper bound of its bucket; 0 where nothing has been seen.
 */
export function adjustedPercentile(histogram: UsageHistogram, j: number): number {
  let all = 0;
  for (let k = 0; k < BUCKETS; k++) all += histogram.weights[k] * histogram.upperBound(k);
  let below = 0;
  for (let k = 0; k < BUCKETS; k++) {
    below += histogram.weights[k] * histogram.upperBound(k);
    if (below > 0 && below >= j * all) return histogram.upperBound(k);
  }
  return 0;
}
