import { describe, expect, it } from 'vitest';
import { RandomStreams } from '../../src/sim/random-streams.js';
import { COLUMNS, columnsOf } from '../../src/studies/openb/columns.js';
import { SumTree } from '../../src/studies/openb/packing-log.js';
import { compareCells, compareSpread } from '../../src/studies/openb/tables.js';

const CAPACITY = 200_000;

/** A line after so much had arrived, of which so much was used and so much free GPU was a fragment. */
const line = (arrived: number, used: number, fragmented: number) => ({ arrived, used, fragmented });

describe('a column of a table', () => {
  it('is the mean of the lines at its per cent of arrivals, rounded to even at the half', () => {
    // 0.5 % is 0, 1.5 % and 2.5 % are 2; nothing is 1, so that it is the mean of 0 to 2.
    const lines = [
      line(1000, 1000, 0),
      line(3000, 3000, 0),
      line(5000, 4000, 0),
      line(6000, 5000, 0),
      line(8000, 5000, 0),
    ];
    expect(columnsOf('allocation', lines, CAPACITY).slice(0, 5)).toEqual([0.5, 1.33, 1.75, 2.5, 2.5]);
  });

  it('of the ratio is the share of what is idle, its lines rounded before the mean and not after', () => {
    const lines = [line(0, 0, 1000 / 3), line(0, 0, 2000 / 3), line(0, 100_000, 50_000)];
    expect(columnsOf('fragmentation_ratio', lines, CAPACITY)[0]).toBe((0.17 + 0.33 + 50) / 3);
    expect(columnsOf('fragmentation', lines, CAPACITY)[0]).toBe(8.5);
  });
});

describe('the comparison of tables', () => {
  const row = (value: number) => new Array<number>(COLUMNS).fill(value);

  it('lets a cell differ by one of its last digit and not by more', () => {
    const published = row(95.39);
    const ours = row(95.4);
    expect(compareCells('x', 'allocation', [{ published, ours }])).toMatchObject({ passed: true });
    ours[77] = 95.401;
    expect(compareCells('x', 'allocation', [{ published, ours }])).toMatchObject({
      passed: false,
      difference: '130 of 131 cells within 0.01, largest 0.0110',
    });
  });

  it('lets means of drawn runs differ by three standard deviations of their difference', () => {
    const seeds = [88, 89, 90, 91, 92].map(row);
    // The deviation of a seed is sqrt(2.5), of the difference of two means of five sqrt(2.5 x 2/5) = 1.
    const pairs = (shift: number) =>
      seeds.map((published) => ({ published, ours: published.map((v) => v + shift) }));
    expect(compareSpread('x', 'allocation', pairs(3), seeds)).toMatchObject({ passed: true });
    expect(compareSpread('x', 'allocation', pairs(3.02), seeds)).toMatchObject({
      passed: false,
      difference: '0 of 131 means within 3 sd, largest 3.02',
    });
  });
});

describe('a sum tree', () => {
  it('has the sum of its numbers, whichever way they were reached', () => {
    const draw = new RandomStreams(1).stream('sums');
    const values = Array.from({ length: 37 }, () => 0);
    const changed = new SumTree(37);
    for (let i = 0; i < 2_000; i++) {
      const place = Math.floor(draw() * 37);
      values[place] = draw() * 1000;
      changed.set(place, values[place]);
    }
    const fresh = new SumTree(37);
    values.forEach((value, place) => {
      fresh.set(place, value);
    });
    expect(changed.total).toBe(fresh.total);
    expect(changed.total).toBeCloseTo(
      values.reduce((a, b) => a + b, 0),
      8,
    );
  });
});
