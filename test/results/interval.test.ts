import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meanInterval, studentT } from '../../src/results/interval.js';
import { RandomStreams } from '../../src/sim/random-streams.js';

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
