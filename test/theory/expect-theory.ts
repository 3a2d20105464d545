import { expect } from 'vitest';
import { meanInterval } from '../../src/results/statistics/mean-interval.js';

/** Confidence: with about thirty intervals in the suite, a correct theory misses one in about thirty sets of seeds. Seeds are fixed, so results are stable. */
const CONFIDENCE = 0.999;

/**
 * Expects the theory in the t-interval over independent replications. The interval must not be wider than `within` (relative to
 * the theoretical value), so that a wrong value would be detected.
 */
export function expectTheory(values: readonly number[], theory: number, within: number): void {
  const { mean, halfWidth = Number.POSITIVE_INFINITY } = meanInterval(values, CONFIDENCE);
  const found = `${mean.toPrecision(5)} +- ${halfWidth.toPrecision(3)}, theory ${theory.toPrecision(5)}`;
  expect(Math.abs(mean - theory), found).toBeLessThanOrEqual(halfWidth);
  expect(halfWidth, `the interval is too wide to say anything: ${found}`).toBeLessThanOrEqual(
    within * theory,
  );
}
