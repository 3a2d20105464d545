import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TimeBins } from '../../../src/metrics/kernels/time-bins.js';

/** An amount over an interval. */
interface Interval {
  readonly column: number;
  readonly amount: number;
  readonly from: number;
  readonly to: number;
}

const ORIGIN = 1000;
const COLUMNS = 3;

/** Intervals in order of their ends, as tasks end; some short, some so long that the bins must double a few times. */
const intervals: fc.Arbitrary<readonly Interval[]> = fc
  .array(
    fc.record({
      start: fc.oneof(fc.nat(60), fc.nat(20_000)),
      lasts: fc.oneof(fc.constant(0), fc.nat(30), fc.nat(20_000)),
      column: fc.nat(COLUMNS - 1),
      amount: fc.integer({ min: 0, max: 5000 }),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .map((drawn) =>
    drawn
      .map(({ start, lasts, ...one }) => ({ ...one, from: ORIGIN + start, to: ORIGIN + start + lasts }))
      .sort((a, b) => a.to - b.to),
  );

/** Mean of a column between two times: the overlap of each interval with them. */
function naiveMean(all: readonly Interval[], column: number, begin: number, end: number): number {
  const overlap = ({ from, to }: Interval) => Math.max(0, Math.min(to, end) - Math.max(from, begin));
  return (
    all.filter((one) => one.column === column).reduce((sum, one) => sum + one.amount * overlap(one), 0) /
    (end - begin)
  );
}

describe('bins of time', () => {
  test('have the exact mean of each quantity, however long the intervals are', () => {
    fc.assert(
      fc.property(intervals, fc.nat(3000), (drawn, rest) => {
        const bins = new TimeBins(ORIGIN, 10);
        const early = bins.amounts(COLUMNS);
        const late = bins.amounts(1);
        for (const { column, amount, from, to } of drawn) {
          bins.locate(from, to);
          early.add(column, amount);
          if (column === 1) late.add(0, amount);
        }
        const end = Math.max(...drawn.map(({ to }) => to)) + rest;
        bins.cover(end);
        for (let column = 0; column < COLUMNS; column++) {
          const means = early.means(column, end);
          expect(means).toHaveLength(Math.ceil((end - ORIGIN) / bins.binWidth));
          means.forEach((mean, bin) => {
            const from = ORIGIN + bin * bins.binWidth;
            expect(mean).toBeCloseTo(naiveMean(drawn, column, from, Math.min(end, from + bins.binWidth)), 6);
          });
        }
        expect([...late.means(0, end)]).toEqual([...early.means(1, end)]);
      }),
      { numRuns: 400 },
    );
  });

  test('double when the run outgrows them, and end with 256 to 512', () => {
    const bins = new TimeBins(0, 10);
    const one = bins.amounts(1);
    bins.locate(0, 5120);
    one.add(0, 1);
    expect(one.means(0, 5120)).toHaveLength(512);
    expect(bins.binWidth).toBe(10);
    bins.cover(5121);
    expect(bins.binWidth).toBe(20);
    expect(one.means(0, 5121)).toHaveLength(257);
    expect([...one.means(0, 5121)]).toEqual([...new Array(256).fill(1), 0]);
    bins.cover(51_200);
    expect(bins.binWidth).toBe(160);
    expect([...one.means(0, 51_200)]).toEqual([...new Array(32).fill(1), ...new Array(288).fill(0)]);
  });

  test('have no bin for no time, and count no interval without length', () => {
    const bins = new TimeBins(5, 10);
    const one = bins.amounts(1);
    bins.locate(5, 5);
    one.add(0, 100);
    expect([...one.means(0, 5)]).toEqual([]);
    expect([...one.means(0, 15)]).toEqual([0]);
  });
});
