import type { LogHistogram } from '../kernels/log-histogram.js';
import type { ShareOverTime } from '../kernels/shares-over-time.js';

/** Statistics of a set of values; null without values. */
export interface DistributionSummary {
  count: number;
  mean: number | null;
  p50: number | null;
  p90: number | null;
  p95: number | null;
  p99: number | null;
  max: number | null;
}

/** Its fields, in the order of tables. */
export const DISTRIBUTION_STATISTICS = ['count', 'mean', 'p50', 'p90', 'p95', 'p99', 'max'] as const;

/** Statistics of a share over time. */
export interface LevelSummary {
  mean: number;
  p50: number;
  p95: number;
  peak: number;
}

/** Its fields, in the order of tables. */
export const LEVEL_STATISTICS = ['mean', 'p50', 'p95', 'peak'] as const;

/** The statistics of a histogram. Recorded values are divided by `unit`. */
export function distributionSummary(values: LogHistogram, unit: number): DistributionSummary {
  const scaled = (value: number) => (Number.isNaN(value) ? null : value / unit);
  return {
    count: values.count,
    mean: scaled(values.mean),
    p50: scaled(values.quantile(0.5)),
    p90: scaled(values.quantile(0.9)),
    p95: scaled(values.quantile(0.95)),
    p99: scaled(values.quantile(0.99)),
    max: values.count === 0 ? null : scaled(values.greatest),
  };
}

/** The statistics of a share over time. */
export function levelSummary(level: ShareOverTime): LevelSummary {
  return { mean: level.mean, p50: level.quantile(0.5), p95: level.quantile(0.95), peak: level.peak };
}

/**
 * Jain's fairness index, (sum x)^2 / (n sum x^2): 1 when all values are equal, 1/n when all but one are 0, null when all are 0
 * (Jain, Chiu & Hawe, DEC-TR-301, 1984).
 */
export function jainIndex(values: readonly number[]): number | null {
  const sum = values.reduce((a, b) => a + b, 0);
  const squares = values.reduce((a, b) => a + b * b, 0);
  return squares === 0 ? null : (sum * sum) / (values.length * squares);
}

/** -log10 of the share down: 3 for an availability of 99.9 %; null if never down. */
export function nines(down: number): number | null {
  return down === 0 ? null : -Math.log10(down);
}
