import { describe, expect, test } from 'vitest';
import { RandomStreams } from '../../src/sim/random-streams.js';

const draw = (stream: () => number, count = 5) => Array.from({ length: count }, stream);

describe('random streams', () => {
  test('of one seed and name give the same numbers, whatever other streams have drawn', () => {
    const alone = draw(new RandomStreams(7).stream('failures/machine-17'));
    const streams = new RandomStreams(7);
    const [other, wanted] = [streams.stream('arrivals/spark'), streams.stream('failures/machine-17')];
    const mixed = alone.map(() => {
      other();
      return wanted();
    });
    expect(mixed).toEqual(alone);
  });

  test('begin anew each time they are asked for', () => {
    const streams = new RandomStreams('s');
    expect(draw(streams.stream('a'))).toEqual(draw(streams.stream('a')));
  });

  test('of different names or seeds have nothing in common', () => {
    const all = ['1/a', '1/b', '2/a', '1/aa'].map((name) => {
      const [seed, stream] = name.split('/');
      return draw(new RandomStreams(seed).stream(stream), 1)[0];
    });
    expect(new Set(all).size).toBe(4);
  });

  test('take a seed as a number or as text', () => {
    expect(draw(new RandomStreams(42).stream('x'))).toEqual(draw(new RandomStreams('42').stream('x')));
  });

  test('of neighbouring names are uncorrelated, and each is uniform', () => {
    const streams = new RandomStreams(1);
    const n = 20_000;
    const [a, b] = [draw(streams.stream('machine-1'), n), draw(streams.stream('machine-2'), n)];
    const mean = (values: number[]) => values.reduce((x, y) => x + y, 0) / n;
    const product = mean(a.map((value, i) => (value - 0.5) * (b[i] - 0.5)));
    // Six standard deviations each, for the fixed seed.
    expect(Math.abs(mean(a) - 0.5)).toBeLessThan(6 * Math.sqrt(1 / 12 / n));
    expect(Math.abs(product)).toBeLessThan((6 * (1 / 12)) / Math.sqrt(n));
    expect(Math.min(...a)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...a)).toBeLessThan(1);
  });
});
