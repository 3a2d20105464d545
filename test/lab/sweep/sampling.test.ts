import { describe, expect, it } from 'vitest';
import { latinHypercube, samplePoints, sobolPoints } from '../../../src/lab/sweep/sampling.js';
import { RandomStreams } from '../../../src/sim/random-streams.js';

describe('a Sobol sample', () => {
  it('has the points of Joe and Kuo (2008), without the origin', async () => {
    // The example of their program for three dimensions.
    expect(await sobolPoints(3, 7)).toEqual([
      [0.5, 0.5, 0.5],
      [0.75, 0.25, 0.25],
      [0.25, 0.75, 0.75],
      [0.375, 0.375, 0.625],
      [0.875, 0.875, 0.125],
      [0.625, 0.125, 0.875],
      [0.125, 0.625, 0.375],
    ]);
  });

  it('fills each of 2^k slices of each axis with one of 2^k points', async () => {
    const points = await sobolPoints(8, 1023);
    for (let axis = 0; axis < 8; axis++) {
      const slices = new Set(points.map((point) => Math.floor(point[axis] * 1024)));
      expect(slices.size).toBe(1023);
    }
  });
});

describe('a Latin hypercube', () => {
  it('has one point in each slice of each axis', () => {
    const points = latinHypercube(5, 40, new RandomStreams('7').stream('sample'));
    for (let axis = 0; axis < 5; axis++) {
      const slices = points.map((point) => Math.floor(point[axis] * 40)).sort((a, b) => a - b);
      expect(slices).toEqual(Array.from({ length: 40 }, (_, i) => i));
    }
  });
});

describe('a sampled range', () => {
  const sample = (axes: Record<string, object>, points = 3) =>
    samplePoints({ method: 'sobol', points, seed: '1', axes: axes as never });
  const range = { scale: 'linear', whole: false };

  it('keeps the unit of its limits', async () => {
    const points = await sample({ 'drf.interval': { ...range, from: '10s', to: '30s' } });
    expect(points.map((point) => point.get('drf.interval'))).toEqual(['20s', '25s', '15s']);
  });

  it('has equal ratios on a log scale, and whole numbers on request', async () => {
    const points = await sample({
      a: { ...range, from: '1', to: '100', scale: 'log' },
      b: { ...range, from: '1', to: '4', whole: true },
    });
    expect(points.map((point) => point.get('a'))).toEqual(['10', '31.6228', '3.16228']);
    expect(points.map((point) => point.get('b'))).toEqual(['3', '2', '4']);
  });

  it('converts durations with different units to seconds', async () => {
    const points = await sample({ until: { ...range, from: '30s', to: '1m' } }, 1);
    expect(points[0].get('until')).toBe('45s');
  });

  it('is refused when its limits are no numbers, of two units, or in the wrong order', async () => {
    await expect(sample({ a: { ...range, from: 'low', to: '2' } })).rejects.toThrow(
      'sample.axes.a: found "low", expected a number with or without a unit, such as 10s',
    );
    await expect(sample({ a: { ...range, from: '1GiB', to: '2cpu' } })).rejects.toThrow(
      'one unit for both limits',
    );
    await expect(sample({ a: { ...range, from: '2', to: '1' } })).rejects.toThrow(
      'a lower limit below the upper',
    );
    await expect(sample({ a: { ...range, from: '0', to: '1', scale: 'log' } })).rejects.toThrow(
      'above 0 for a log scale',
    );
  });
});
