import { describe, expect, it } from 'vitest';
import { hillTailIndex } from '../../src/metrics/kernels/tail-index.js';
import { RandomStreams } from '../../src/sim/random-streams.js';

function barsOf(draw: (u: number) => number, count = 20_000) {
  const stream = new RandomStreams('tail').stream('values');
  const values = Array.from({ length: count }, () => draw(1 - stream())).sort((a, b) => a - b);
  return values.map((value) => ({ value, count: 1 }));
}

describe("Hill's tail index", () => {
  it.each([1, 1.5, 3])('of a Pareto distribution is its index %d', (index) => {
    const estimate = hillTailIndex(barsOf((u) => u ** (-1 / index))) ?? Number.NaN;
    // The standard error is index / sqrt(k), with k = 1000 values in the tail.
    expect(Math.abs(estimate - index)).toBeLessThan((3 * index) / Math.sqrt(1000));
  });

  it('of an exponential distribution is above 2', () => {
    expect(hillTailIndex(barsOf((u) => -Math.log(u)))).toBeGreaterThan(2);
  });

  it('is, by hand, 1 / (mean logarithm of the tail - logarithm of the value below it)', () => {
    const bars = [
      { value: 1, count: 1900 },
      { value: Math.E, count: 50 },
      { value: Math.E ** 3, count: 50 },
    ];
    expect(hillTailIndex(bars)).toBeCloseTo(1 / 2, 12);
  });

  it('does not exist with fewer than 50 values in the tail, or where the tail has one value', () => {
    expect(hillTailIndex(barsOf((u) => 1 / u, 900))).toBeUndefined();
    expect(hillTailIndex([{ value: 5, count: 10_000 }])).toBeUndefined();
    expect(hillTailIndex([])).toBeUndefined();
  });
});
