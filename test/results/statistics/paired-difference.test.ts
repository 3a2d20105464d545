import { describe, expect, it } from 'vitest';
import { differencesOf, pairedDifference } from '../../../src/results/statistics/paired-difference.js';
import { studentP } from '../../../src/results/statistics/student-t.js';

/** Hours of sleep that two drugs added, for ten patients (Student, The probable error of a mean, Biometrika 6, 1908). */
const DEXTRO = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2];
const LAEVO = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];

const pairs = DEXTRO.map((reference, i) => ({ reference, value: LAEVO[i] }));

describe('a paired difference', () => {
  it("is that of Student's sleep data, as in the documentation of R's t.test(paired = TRUE)", () => {
    const { count, mean, halfWidth = 0, p } = pairedDifference(differencesOf(pairs)) ?? {};
    expect([count, mean]).toEqual([10, expect.closeTo(1.58, 12)]);
    expect((mean as number) - halfWidth).toBeCloseTo(0.7001142, 7);
    expect((mean as number) + halfWidth).toBeCloseTo(2.4598858, 7);
    expect(p).toBeCloseTo(0.002833, 6);
  });

  it('has no interval and no p-value with one pair, and is undefined without pairs', () => {
    expect(pairedDifference([3])).toEqual({ count: 1, mean: 3, halfWidth: undefined, p: undefined });
    expect(pairedDifference([])).toBeUndefined();
  });

  it('that is equal in every pair has the p-value of the sign test, and none is certain', () => {
    expect(pairedDifference([2, 2, 2, 2, 2])).toEqual({ count: 5, mean: 2, halfWidth: 0, p: 0.0625 });
    expect(pairedDifference([0, 0, 0])).toEqual({ count: 3, mean: 0, halfWidth: 0, p: 1 });
  });

  it('does not count the rounding of floating-point numbers', () => {
    const rounded = [0.1 + 0.2, 0.3, 0.1 + 0.2].map((value) => ({ reference: 0.3, value }));
    expect(differencesOf(rounded)).toEqual([0, 0, 0]);
    const shifted = [0.1 + 0.2, 0.3, 0.1 + 0.2].map((value) => ({ reference: 0.1, value }));
    expect(new Set(differencesOf(shifted)).size).toBe(1);
  });
});

describe("the p-value of Student's t", () => {
  // From scipy 1.10.1: 2 * stats.t.sf(t, df).
  it.each([
    [1, 1, 0.5],
    [2.5, 4, 0.06676654481198813],
    [-2.5, 4, 0.06676654481198813],
    [12, 3, 0.001245015800789336],
    [3, 30, 0.005389964065651944],
    [8, 9, 2.213481680940017e-5],
  ])('of t = %d with %i degrees of freedom is %d', (t, degrees, p) => {
    expect(studentP(t, degrees)).toBeCloseTo(p, 12);
  });
});
