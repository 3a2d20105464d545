import { describe, expect, it } from 'vitest';
import { mser5 } from '../../../src/results/statistics/warm-up.js';
import { RandomStreams } from '../../../src/sim/random-streams.js';

describe('MSER-5', () => {
  it('leaves out a start that differs from the rest', () => {
    const draw = new RandomStreams('mser').stream('noise');
    const series = Array.from({ length: 1000 }, (_, i) => (i < 100 ? 20 - i / 5 : 0) + draw());
    const truncation = mser5(series) ?? Number.NaN;
    expect(truncation).toBeGreaterThanOrEqual(85);
    expect(truncation).toBeLessThan(130);
  });

  it('is the minimum over truncations, except the last five, of the variance of batch means divided by their number', () => {
    const draw = new RandomStreams('mser').stream('naive');
    const series = Array.from({ length: 200 }, (_, i) => Math.exp(-i / 30) + draw() / 3);
    const means = Array.from(
      { length: 40 },
      (_, b) => series.slice(5 * b, 5 * b + 5).reduce((x, y) => x + y) / 5,
    );
    const errors = means.slice(0, -5).map((_, first) => {
      const kept = means.slice(first);
      const mean = kept.reduce((x, y) => x + y) / kept.length;
      return kept.reduce((sum, value) => sum + (value - mean) ** 2, 0) / kept.length ** 2;
    });
    const best = errors.indexOf(Math.min(...errors));
    expect(best).toBeLessThan(20);
    expect(mser5(series)).toBe(5 * best);
  });

  it('is unknown for a series that is too short, or that still changes in its second half', () => {
    expect(mser5([1, 2, 3])).toBeUndefined();
    expect(mser5(Array.from({ length: 100 }, (_, i) => i))).toBeUndefined();
  });
});
