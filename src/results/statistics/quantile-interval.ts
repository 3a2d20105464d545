import { binomialDistribution, quantileSorted } from 'simple-statistics';
import { CONFIDENCE, type Limits } from './mean-interval.js';

/** A quantile over replications. The limits are undefined with too few values for the confidence level. */
export interface QuantileInterval {
  readonly value: number;
  readonly limits: Limits | undefined;
}

/**
 * A quantile of one or more independent values, with the interval between two order statistics (Conover, Practical Nonparametric Statistics,
 * 3.2). It holds for any distribution, and needs six values for a median at 95 %. The value is interpolated (type 7 of Hyndman & Fan).
 */
export function quantileInterval(
  values: readonly number[],
  q: number,
  confidence = CONFIDENCE,
): QuantileInterval {
  const sorted = values.toSorted((a, b) => a - b);
  return { value: quantileSorted(sorted, q), limits: orderStatistics(sorted, q, confidence) };
}

/** The highest lower and the lowest upper order statistic that each miss the quantile with at most half of the error. */
function orderStatistics(sorted: readonly number[], q: number, confidence: number): Limits | undefined {
  const n = sorted.length;
  const error = (1 - confidence) / 2;
  const masses = binomialDistribution(n, q) ?? [];
  // The number of values below the quantile is binomial. `below` is P(number < rank).
  let below = 0;
  let low = 0;
  let high: number | undefined;
  for (let rank = 1; rank <= n; rank++) {
    below += masses[rank - 1] ?? 0;
    if (below <= error) low = rank;
    if (high === undefined && 1 - below <= error) high = rank;
  }
  if (low === 0 || high === undefined) return undefined;
  return { low: sorted[low - 1], high: sorted[high - 1] };
}
