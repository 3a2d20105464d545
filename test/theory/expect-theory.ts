import { expect } from 'vitest';
import { meanInterval } from '../../src/results/interval.js';

/** With some thirty intervals in the suite a true theory misses one in about thirty sets of seeds; with fixed seeds a pass stays a pass. */
const CONFIDENCE = 0.999;

/**
 * The theory lies in the t-interval over independent replications; and the interval is no wider than `within` (a share of the
 * theoretical value), so that a wrong value would be found out.
 */
export function expectTheory(values: readonly number[], theory: number, within: number): void {
  const { mean, halfWidth = Number.POSITIVE_INFINITY } = meanInterval(values, CONFIDENCE);
  const found = `${mean.toPrecision(5)} +- ${halfWidth.toPrecision(3)}, theory ${theory.toPrecision(5)}`;
  expect(Math.abs(mean - theory), found).toBeLessThanOrEqual(halfWidth);
  expect(halfWidth, `the interval is too wide to say anything: ${found}`).toBeLessThanOrEqual(
    within * theory,
  );
}
