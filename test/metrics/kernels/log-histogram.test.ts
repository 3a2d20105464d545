import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { boundedSlowdown, SLOWDOWN_UNIT } from '../../../src/metrics/kernels/bounded-slowdown.js';
import { LogHistogram } from '../../../src/metrics/kernels/log-histogram.js';

/** Width of a bucket, as a share of its values: eight bits of mantissa. */
const WIDTH = 2 ** -8;

function distributionOf(values: readonly number[]): LogHistogram {
  const distribution = new LogHistogram();
  for (const value of values) distribution.record(value);
  return distribution;
}

/** The value of rank ceil(q n), by sorting. */
function naiveQuantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil(q * sorted.length)) - 1];
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

/** Whole values from 0 to beyond any run time, of all magnitudes. */
const value = fc
  .tuple(fc.nat(40), fc.nat(1000))
  .map(([magnitude, step]) => Math.floor(2 ** magnitude * (1 + step / 1000)));
const values = fc.array(fc.oneof(fc.constant(0), value), { minLength: 1, maxLength: 60 });

describe('a distribution', () => {
  test('knows count, sum, mean, least and greatest exactly', () => {
    fc.assert(
      fc.property(values, (recorded) => {
        const distribution = distributionOf(recorded);
        expect(distribution.count).toBe(recorded.length);
        expect(distribution.sum).toBe(sum(recorded));
        expect(distribution.mean).toBe(sum(recorded) / recorded.length);
        expect(distribution.least).toBe(Math.min(...recorded));
        expect(distribution.greatest).toBe(Math.max(...recorded));
      }),
    );
  });

  test('knows every quantile within 0.4 %', () => {
    const share = fc.oneof(
      fc.constantFrom(0, 0.5, 0.95, 0.99, 1),
      fc.double({ min: 0, max: 1, noNaN: true }),
    );
    fc.assert(
      fc.property(values, share, (recorded, q) => {
        const exact = naiveQuantile(recorded, q);
        const error = Math.abs(distributionOf(recorded).quantile(q) - exact);
        expect(error).toBeLessThanOrEqual(WIDTH * exact);
      }),
      { numRuns: 500 },
    );
  });

  test('takes the value of rank ceil(q n)', () => {
    const three = distributionOf([1e6, 2e6, 3e6]);
    expect([0, 0.33, 0.34, 0.5, 0.66, 0.67, 1].map((q) => three.quantile(q) / 1e6)).toEqual([
      1, 1, 2, 2, 2, 3, 3,
    ]);
    const hundred = distributionOf(Array.from({ length: 100 }, (_, i) => 2 ** (i / 4) * 1e6));
    expect(hundred.quantile(0.95)).toBe(2 ** (94 / 4) * 1e6);
    expect(hundred.quantile(0.951)).toBe(2 ** (95 / 4) * 1e6);
  });

  test('is exact where one value comes again and again', () => {
    const repeated = distributionOf([...new Array<number>(9).fill(1_234_567), 7_654_321]);
    expect(repeated.quantile(0.5)).toBe(1_234_567);
    expect(repeated.quantile(0.9)).toBe(1_234_567);
    expect(repeated.quantile(0.91)).toBe(7_654_321);
  });

  test('has no mean and no quantile before anything was recorded', () => {
    const empty = new LogHistogram();
    expect([empty.count, empty.mean, empty.quantile(0.5)]).toEqual([0, Number.NaN, Number.NaN]);
    expect(empty.histogram()).toEqual([]);
  });

  test('counts values below 1 in the bucket of zero', () => {
    expect(distributionOf([0, 0.25, 0.5]).histogram()).toEqual([{ value: 0.25, count: 3 }]);
  });

  test('that takes in another is the distribution of both', () => {
    fc.assert(
      fc.property(values, values, fc.double({ min: 0, max: 1, noNaN: true }), (one, other, q) => {
        const together = distributionOf(one);
        together.add(distributionOf(other));
        const both = distributionOf([...one, ...other]);
        expect(together.count).toBe(both.count);
        expect(together.sum).toBe(both.sum);
        expect([together.least, together.greatest]).toEqual([both.least, both.greatest]);
        expect(together.quantile(q)).toBeCloseTo(both.quantile(q), 3);
      }),
    );
  });

  test('shows all values in its histogram, in ascending bars no wider than 0.4 %', () => {
    fc.assert(
      fc.property(values, (recorded) => {
        const bars = distributionOf(recorded).histogram();
        expect(sum(bars.map(({ count }) => count))).toBe(recorded.length);
        for (const [i, bar] of bars.entries()) {
          if (i > 0) expect(bar.value).toBeGreaterThan(bars[i - 1].value);
          const near = recorded.filter((one) => Math.abs(one - bar.value) <= WIDTH * Math.max(1, bar.value));
          expect(near.length).toBeGreaterThanOrEqual(bar.count);
        }
      }),
    );
  });
});

describe('the bounded slowdown', () => {
  const SECOND = 1_000_000;

  test('is response over run time, where run times below ten seconds count as ten, and at least 1', () => {
    const slowdown = (response: number, ran: number) =>
      boundedSlowdown(response * SECOND, ran * SECOND) / SLOWDOWN_UNIT;
    expect(slowdown(100, 20)).toBe(5);
    expect(slowdown(100, 10)).toBe(10);
    expect(slowdown(100, 1)).toBe(10);
    expect(slowdown(5, 5)).toBe(1);
    expect(slowdown(20, 20)).toBe(1);
  });
});
