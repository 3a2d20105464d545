import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { varianceShare } from '../../../src/results/statistics/variance-shares.js';

describe('the share of an axis in a variance', () => {
  it('is that of a full grid by hand', () => {
    // a: means 2 and 6, b: means 3 and 5, around 4; squares: 4 x 4 + 4 x 1 = 20 in all.
    const values = [1, 3, 5, 7];
    expect(varianceShare(values, [0, 0, 1, 1])).toEqual({ share: 16 / 20, byChance: 1 / 3 });
    expect(varianceShare(values, [0, 1, 0, 1])).toEqual({ share: 4 / 20, byChance: 1 / 3 });
  });

  it('counts for no axis what two axes do together', () => {
    // One cell of four is 4: squares around 1 are 12; each axis has means 0 and 2, so 4 of them.
    const values = [0, 0, 0, 4];
    expect(varianceShare(values, [0, 0, 1, 1])?.share).toBeCloseTo(4 / 12, 12);
    expect(varianceShare(values, [0, 1, 0, 1])?.share).toBeCloseTo(4 / 12, 12);
  });

  it('weighs levels by their numbers of values, and leaves out values without the axis', () => {
    // Of 0, 0, 6 around 2: squares 24; means 0 (two values) and 6: 2 x 4 + 16 = 24.
    expect(varianceShare([0, 0, 6, 99], [0, 0, 1, undefined])).toEqual({ share: 1, byChance: 1 / 2 });
  });

  it('does not exist without two levels, or without a difference beyond rounding', () => {
    expect(varianceShare([1, 2], [0, 0])).toBeUndefined();
    expect(varianceShare([0.1 + 0.2, 0.3], [0, 1])).toBeUndefined();
    expect(varianceShare([], [])).toBeUndefined();
  });

  it('is from 0 to 1, and the shares of the axes of a full grid add up to at most 1', () => {
    const grid = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(grid, (values) => {
        const shares = [3, 2, 2].map((levels, axis) => {
          const below = [4, 2, 1][axis];
          return (
            varianceShare(
              values,
              values.map((_, i) => Math.floor(i / below) % levels),
            )?.share ?? 0
          );
        });
        for (const share of shares) expect(share).toBeGreaterThanOrEqual(0);
        expect(shares[0] + shares[1] + shares[2]).toBeLessThanOrEqual(1 + 1e-9);
      }),
    );
  });
});
