import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BinnedSeries } from '../../../src/metrics/kernels/binned-series.js';

/** The value of a column from a time on. */
interface Change {
  readonly at: number;
  readonly column: number;
  readonly value: number;
}

const ORIGIN = 1000;
const COLUMNS = 3;

/** Changes in order of time, some at one instant, some far apart: the bins must double a few times. */
const changes: fc.Arbitrary<readonly Change[]> = fc
  .array(
    fc.record({
      gap: fc.oneof(fc.nat(20), fc.nat(2000)),
      column: fc.nat(COLUMNS - 1),
      value: fc.integer({ min: -50, max: 50 }),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .map((drawn) => {
    let at = ORIGIN;
    return drawn.map(({ gap, ...change }) => {
      at += gap;
      return { ...change, at };
    });
  });

/** Mean of a column between two times, by a look at every microsecond that matters. */
function naiveMean(changes: readonly Change[], column: number, from: number, to: number): number {
  const own = changes.filter((change) => change.column === column);
  const borders = [from, ...own.map(({ at }) => at).filter((at) => at > from && at < to), to];
  let integral = 0;
  for (let i = 0; i + 1 < borders.length; i++) {
    const value = own.findLast(({ at }) => at <= borders[i])?.value ?? 0;
    integral += value * (borders[i + 1] - borders[i]);
  }
  return integral / (to - from);
}

function seriesOf(changes: readonly Change[], record: 'set' | 'add'): BinnedSeries {
  const series = new BinnedSeries(ORIGIN, 10);
  for (let column = 0; column < COLUMNS; column++) series.addColumn();
  const values = new Array<number>(COLUMNS).fill(0);
  for (const { at, column, value } of changes) {
    if (record === 'set') series.set(column, value, at);
    else series.add(column, value - values[column], at);
    values[column] = value;
  }
  return series;
}

describe('a series over time', () => {
  test.each(['set', 'add'] as const)(
    'has the exact mean of each bin, when values are told by `%s`',
    (record) => {
      fc.assert(
        fc.property(changes, fc.nat(300), (drawn, rest) => {
          const end = (drawn.at(-1)?.at ?? ORIGIN) + rest;
          const series = seriesOf(drawn, record);
          for (let column = 0; column < COLUMNS; column++) {
            const means = series.means(column, end);
            const { binWidth } = series;
            expect(means).toHaveLength(Math.ceil((end - ORIGIN) / binWidth));
            for (const [bin, mean] of means.entries()) {
              const from = ORIGIN + bin * binWidth;
              expect(mean).toBeCloseTo(naiveMean(drawn, column, from, Math.min(end, from + binWidth)), 9);
            }
          }
        }),
        { numRuns: 300 },
      );
    },
  );

  test('doubles its bins when it outgrows them, and ends with 256 to 512', () => {
    const series = new BinnedSeries(0, 10);
    const column = series.addColumn();
    series.set(column, 1, 0);
    expect(series.means(column, 5120)).toHaveLength(512);
    expect(series.binWidth).toBe(10);
    expect(series.means(column, 5121)).toHaveLength(257);
    expect(series.binWidth).toBe(20);
    expect([...series.means(column, 51_200)]).toEqual(new Array(320).fill(1));
    expect(series.binWidth).toBe(160);
  });

  test('keeps the columns apart, also one that is added late', () => {
    const series = new BinnedSeries(0, 10);
    const early = series.addColumn();
    series.set(early, 4, 0);
    for (let i = 0; i < 20; i++) series.addColumn();
    const late = series.addColumn();
    series.set(late, 6, 15);
    expect([...series.means(early, 20)]).toEqual([4, 4]);
    expect([...series.means(late, 20)]).toEqual([0, 3]);
  });

  test('takes only the last of several values of one instant, and has no bin for no time', () => {
    const series = new BinnedSeries(5, 10);
    const column = series.addColumn();
    series.set(column, 100, 5);
    series.set(column, 2, 5);
    expect([...series.means(column, 5)]).toEqual([]);
    expect([...series.means(column, 15)]).toEqual([2]);
  });
});
