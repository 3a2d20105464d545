import { mean as meanOf, sampleVariance } from 'simple-statistics';
import { studentT } from './student-t.js';

/** A mean over replications, with the half-width of its confidence interval; undefined with fewer than two values. */
export interface MeanInterval {
  readonly count: number;
  readonly mean: number;
  readonly halfWidth: number | undefined;
}

/** The confidence level of all intervals that are shown. */
export const CONFIDENCE = 0.95;

/** Mean and t-interval of independent values, at a confidence level such as 0.95. */
export function meanInterval(values: readonly number[], confidence = CONFIDENCE): MeanInterval {
  const count = values.length;
  const mean = count === 0 ? Number.NaN : meanOf(values as number[]);
  if (count < 2) return { count, mean, halfWidth: undefined };
  return { count, mean, halfWidth: studentT((1 + confidence) / 2, count - 1) * standardError(values) };
}

/** The standard error of the mean of at least two independent values. */
export function standardError(values: readonly number[]): number {
  return Math.sqrt(sampleVariance(values as number[]) / values.length);
}

/** The values that a quantity can have. */
export interface Range {
  readonly least: number;
  readonly most: number;
}

/** The limits of a confidence interval. */
export interface Limits {
  readonly low: number;
  readonly high: number;
}

/**
 * The limits of the interval of a mean within the range of its quantity. If mean - half-width or mean + half-width is outside the
 * range, the interval is that of the logarithm of the mean by the delta method, or of its logit in a range with two ends, so that
 * it stays inside. Undefined without a half-width.
 */
export function limitsWithin({ mean, halfWidth }: MeanInterval, { least, most }: Range): Limits | undefined {
  if (halfWidth === undefined) return undefined;
  const [low, high] = [mean - halfWidth, mean + halfWidth];
  if (halfWidth === 0 || (low >= least && high <= most)) return { low, high };
  const [below, above] = [mean - least, most - mean];
  // A mean at an end of the range: all values are there, up to rounding.
  if (below <= 0 || above <= 0) return { low: mean, high: mean };
  if (most === Number.POSITIVE_INFINITY) {
    const factor = Math.exp(halfWidth / below);
    return { low: least + below / factor, high: least + below * factor };
  }
  if (least === Number.NEGATIVE_INFINITY) return { low, high: Math.min(high, most) };
  const width = most - least;
  const factor = Math.exp((halfWidth * width) / (below * above));
  const at = (odds: number) => least + (width * odds) / (1 + odds);
  return { low: at(below / above / factor), high: at((below / above) * factor) };
}
