import { describe, expect, it } from 'vitest';
import { quantileInterval } from '../../../src/results/statistics/quantile-interval.js';

const ranks = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

describe('the interval of a quantile over replications', () => {
  // Ranks by the binomial distribution of scipy 1.10.1: the highest r with binom.cdf(r - 1, n, 0.5) <= 0.025, and its mirror image.
  it.each([
    [6, 1, 6],
    [10, 2, 9],
    [20, 6, 15],
    [25, 8, 18],
    [30, 10, 21],
    [50, 18, 33],
  ])('of the median of %i values lies between the order statistics %i and %i', (n, low, high) => {
    expect(quantileInterval(ranks(n), 0.5).limits).toEqual({ low, high });
  });

  it('does not exist where the sample cannot exclude that the quantile lies outside', () => {
    expect(quantileInterval(ranks(5), 0.5).limits).toBeUndefined();
    expect(quantileInterval(ranks(30), 0.9).limits).toBeUndefined();
    // By the binomial distribution of scipy 1.10.1.
    expect(quantileInterval(ranks(50), 0.9).limits).toEqual({ low: 41, high: 50 });
  });

  it('has the quantile of numpy: np.quantile([3, 1, 4, 1, 5, 9, 2, 6], [0.5, 0.9, 0.25])', () => {
    const values = [3, 1, 4, 1, 5, 9, 2, 6];
    const quantiles = [0.5, 0.9, 0.25].map((q) => quantileInterval(values, q).value);
    expect(quantiles).toEqual([3.5, expect.closeTo(6.9, 12), 1.75]);
  });
});
