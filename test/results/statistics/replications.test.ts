import { describe, expect, it } from 'vitest';
import { replicationsNeeded } from '../../../src/results/statistics/replications.js';
import { studentT } from '../../../src/results/statistics/student-t.js';

/** The interval of this many replications with this standard deviation. */
function intervalOf(count: number, deviation: number) {
  return { count, halfWidth: (studentT(0.975, count - 1) * deviation) / Math.sqrt(count) };
}

describe('the number of replications for a half-width', () => {
  it('is the first n with t(0.975, n - 1) s / sqrt(n) within it, by stats.t.ppf of scipy 1.10.1', () => {
    expect(replicationsNeeded(intervalOf(5, 2), 0.5)).toBe(64);
  });

  it('is the present number where that suffices', () => {
    expect(replicationsNeeded(intervalOf(5, 2), 10)).toBe(5);
  });

  it('is near (1.96 s / w)^2 where it is large, and undefined beyond a million', () => {
    expect(replicationsNeeded(intervalOf(10, 2), 0.02)).toBeCloseTo((1.96 * 2 * 50) ** 2, -3);
    expect(replicationsNeeded(intervalOf(10, 2), 1e-4)).toBeUndefined();
  });
});
