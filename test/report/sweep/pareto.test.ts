import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Better, paretoFront, type TwoNumbers } from '../../../src/report/client/sweep/pareto.js';

/** By the definition: every pair is compared. */
function naiveFront(points: readonly TwoNumbers[], x: Better, y: Better): number[] {
  const atLeast = (a: number, b: number, better: Better) => (better === 'lower' ? a <= b : a >= b);
  return points.flatMap((one, place) => {
    const isBeaten = points.some(
      (other) =>
        atLeast(other.x, one.x, x) && atLeast(other.y, one.y, y) && (other.x !== one.x || other.y !== one.y),
    );
    return isBeaten ? [] : [place];
  });
}

describe('a Pareto front', () => {
  it('has the points that no other beats, from the best across', () => {
    const points = [
      { x: 0.7, y: 20 },
      { x: 0.9, y: 30 },
      { x: 0.8, y: 30 },
      { x: 0.7, y: 20 },
      { x: 0.6, y: 10 },
    ];
    expect(paretoFront(points, 'higher', 'lower')).toEqual([1, 0, 3, 4]);
    expect(paretoFront([], 'higher', 'lower')).toEqual([]);
  });

  it('is that of the definition, in all directions and with ties', () => {
    const coordinate = fc.integer({ min: 0, max: 6 });
    const better = fc.constantFrom<Better>('lower', 'higher');
    fc.assert(
      fc.property(fc.array(fc.record({ x: coordinate, y: coordinate })), better, better, (points, x, y) => {
        expect(paretoFront(points, x, y).sort((a, b) => a - b)).toEqual(naiveFront(points, x, y));
      }),
    );
  });
});
