import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limitsWithin, meanInterval } from '../../../src/results/statistics/mean-interval.js';
import { studentT } from '../../../src/results/statistics/student-t.js';
import { RandomStreams } from '../../../src/sim/random-streams.js';

describe("Student's t", () => {
  it.each([
    [1, 12.706],
    [2, 4.303],
    [3, 3.182],
    [4, 2.776],
    [5, 2.571],
    [6, 2.447],
    [7, 2.365],
    [8, 2.306],
    [9, 2.262],
    [10, 2.228],
    [20, 2.086],
    [30, 2.042],
    [60, 2.0],
    [120, 1.98],
  ])('has its 97.5 %% quantile for %i degrees of freedom at %d, as in the tables', (degrees, t) => {
    expect(studentT(0.975, degrees)).toBeCloseTo(t, 3);
  });

  it.each([
    [0.95, 1, 6.314],
    [0.95, 10, 1.812],
    [0.99, 5, 3.365],
    [0.995, 2, 9.925],
    [0.995, 30, 2.75],
    [0.9995, 4, 8.61],
    [0.75, 7, 0.711],
  ])('has its %d quantile for %i degrees of freedom at %d', (p, degrees, t) => {
    expect(studentT(p, degrees)).toBeCloseTo(t, 3);
  });

  it('comes near the normal quantile for many degrees of freedom', () => {
    expect(studentT(0.975, 5000)).toBeCloseTo(1.96, 2);
  });

  it('is symmetric, and grows with the share', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.5, max: 0.9995, noNaN: true }),
        fc.integer({ min: 1, max: 60 }),
        (p, degrees) => {
          expect(studentT(1 - p, degrees)).toBeCloseTo(-studentT(p, degrees), 6);
          expect(studentT(p + 0.0004, degrees)).toBeGreaterThan(studentT(p, degrees));
        },
      ),
    );
    expect(studentT(0.5, 3)).toBeCloseTo(0, 9);
  });

  it('is the tangent for one degree of freedom, the Cauchy distribution', () => {
    for (const p of [0.6, 0.75, 0.9, 0.99])
      expect(studentT(p, 1)).toBeCloseTo(Math.tan(Math.PI * (p - 0.5)), 8);
  });
});

describe('the interval of a mean', () => {
  it('is mean and half-width of the t interval, as on paper', () => {
    // Mean 5, sum of squares 20 over 4 degrees: variance 5, standard error 1.
    const { count, mean, halfWidth } = meanInterval([2, 4, 5, 6, 8]);
    expect([count, mean]).toEqual([5, 5]);
    expect(halfWidth).toBeCloseTo(2.776, 3);
    expect(meanInterval([2, 4, 5, 6, 8], 0.99).halfWidth).toBeCloseTo(4.604, 3);
  });

  it('has no width for one value, and none to speak of for equal ones', () => {
    expect(meanInterval([7])).toEqual({ count: 1, mean: 7, halfWidth: undefined });
    expect(meanInterval([7, 7, 7])).toEqual({ count: 3, mean: 7, halfWidth: 0 });
  });

  it('covers the true mean of normal values in 95 of 100 samples', () => {
    const draw = new RandomStreams('coverage').stream('normal');
    const normal = () => Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
    const samples = 4000;
    let covered = 0;
    for (let i = 0; i < samples; i++) {
      const { mean, halfWidth } = meanInterval(Array.from({ length: 6 }, normal));
      if (Math.abs(mean) <= (halfWidth as number)) covered++;
    }
    // Three standard errors of a share of 0.95 over 4000 samples.
    expect(Math.abs(covered / samples - 0.95)).toBeLessThan(3 * Math.sqrt((0.95 * 0.05) / samples));
  });
});

describe('the limits of an interval', () => {
  const POSITIVE = { least: 0, most: Number.POSITIVE_INFINITY };
  const SHARE = { least: 0, most: 1 };
  const of = (mean: number, halfWidth: number) => ({ count: 10, mean, halfWidth });

  it('are mean - half-width and mean + half-width where both are possible', () => {
    expect(limitsWithin(of(5, 2), POSITIVE)).toEqual({ low: 3, high: 7 });
    expect(limitsWithin(of(0.5, 0.25), SHARE)).toEqual({ low: 0.25, high: 0.75 });
    expect(limitsWithin(of(0, 0), POSITIVE)).toEqual({ low: 0, high: 0 });
    expect(limitsWithin({ count: 1, mean: 5, halfWidth: undefined }, POSITIVE)).toBeUndefined();
  });

  it('of a quantity that is not negative are those of the logarithm of the mean', () => {
    // 2 exp(-3/2) and 2 exp(3/2).
    const { low, high } = limitsWithin(of(2, 3), POSITIVE) ?? {};
    expect([low, high]).toEqual([expect.closeTo(0.44626, 5), expect.closeTo(8.96338, 5)]);
  });

  it('of a share are those of its logit, as for 9 of 10 by the binomial model of statsmodels 0.13.5', () => {
    const halfWidth = 1.959963984540054 * Math.sqrt((0.9 * 0.1) / 10);
    const { low, high } = limitsWithin(of(0.9, halfWidth), SHARE) ?? {};
    expect([low, high]).toEqual([expect.closeTo(0.53276327, 6), expect.closeTo(0.98611834, 6)]);
  });
});
