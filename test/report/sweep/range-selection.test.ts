import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LoadedSweep } from '../../../src/report/client/sweep/loaded-sweep.js';
import { RangeSelection } from '../../../src/report/client/sweep/range-selection.js';
import { sweepData } from '../../../src/report/sweep/make-sweep-data.js';
import { storedSweep } from './stored-sweeps.js';

const sweep = new LoadedSweep(
  sweepData(
    storedSweep({
      policies: ['drf', 'silos'],
      axes: { machines: ['10', '30', '20'], 'drf.interval': ['1s', '10s'] },
      seeds: 1,
      metrics: {
        'wait.p95': (policy, [machines]) => (policy === 'drf' ? 100 : 200) - Number(machines),
        'queue.mean': (policy, [machines]) => (policy === 'drf' ? Number(machines) : null),
      },
      without: { silos: 'drf.interval' },
    }),
    { numbers: 2 },
  ),
);
const [wait, queue] = sweep.data.metrics;

/** Policy and values of the points that are selected. */
const selected = (selection: RangeSelection) =>
  sweep.points
    .filter((point) => selection.has(point))
    .map((point) => [0, 1, 2].map((axis) => sweep.text(axis, point)).join(' '));

describe('ranges on the columns of parallel coordinates', () => {
  it('have the values of each axis from the bottom to the top, below them that it does not apply, and the means', () => {
    const columns = new RangeSelection(sweep, () => wait).columns();
    expect(columns.map(({ name }) => name)).toEqual(['policy', 'machines', 'drf.interval', 'wait.p95']);
    expect(columns[1].stops.map(({ text }) => text)).toEqual(['10', '20', '30']);
    expect(columns[2].stops.map(({ text }) => text)).toEqual(['does not apply', '1s', '10s']);
    expect(columns[3].stops.map(({ text }) => text)).toEqual([
      '1m 10s',
      '1m 20s',
      '1m 30s',
      '2m 50s',
      '3m',
      '3m 10s',
    ]);
  });

  it('select what lies between two places, and together what lies in all of them', () => {
    const selection = new RangeSelection(sweep, () => wait);
    selection.selectPlaces(1, 0.3, 1);
    expect(selected(selection)).toEqual([
      'drf 30 1s',
      'drf 30 10s',
      'drf 20 1s',
      'drf 20 10s',
      'silos 30 –',
      'silos 20 –',
    ]);
    selection.selectPlaces(2, -0.1, 0.1);
    expect(selected(selection)).toEqual(['drf 30 1s', 'drf 20 1s', 'silos 30 –', 'silos 20 –']);
    selection.selectPlaces(3, 0, 0.05);
    expect(selected(selection)).toEqual(['drf 30 1s']);
    expect(selection.texts()).toEqual([
      'machines 20 to 30',
      'drf.interval does not apply to 1s',
      'wait.p95 1m 10s',
    ]);
    selection.clear();
    expect(selected(selection)).toHaveLength(9);
  });

  it('leave nothing out without a value, or with all values', () => {
    const selection = new RangeSelection(sweep, () => wait);
    selection.selectPlaces(1, 0.1, 0.2);
    expect(selection.isEmpty()).toBe(true);
    selection.selectPlaces(1, -0.1, 1.1);
    expect(selection.isEmpty()).toBe(true);
  });

  it('drop the range of a metric that is no longer shown, and keep those of axes', () => {
    let metric = wait;
    const selection = new RangeSelection(sweep, () => metric);
    selection.select(1, { from: 0, to: 0 });
    selection.select(3, { from: 0, to: 1 });
    expect(selected(selection)).toEqual([]);
    metric = queue;
    expect(selected(selection)).toEqual(['drf 10 1s', 'drf 10 10s', 'silos 10 –']);
    // silos has no queue, so it is in no range of it.
    selection.select(3, { from: 0, to: 0 });
    expect(selected(selection)).toEqual(['drf 10 1s', 'drf 10 10s']);
  });

  it('select what a comparison of each value with each range selects', () => {
    const range = fc.option(fc.tuple(fc.nat(2), fc.nat(2)), { nil: undefined });
    fc.assert(
      fc.property(range, range, (machines, interval) => {
        const selection = new RangeSelection(sweep, () => wait);
        const ordered = [machines, interval].map((pair) => pair?.toSorted((a, b) => a - b));
        for (const [i, pair] of ordered.entries())
          if (pair !== undefined) selection.select(i + 1, { from: pair[0], to: pair[1] });
        const orders = [
          ['10', '20', '30'],
          ['–', '1s', '10s'],
        ];
        const naive = sweep.points.filter((point) =>
          ordered.every((pair, i) => {
            const stop = orders[i].indexOf(sweep.text(i + 1, point));
            return pair === undefined || (stop >= pair[0] && stop <= pair[1]);
          }),
        );
        expect(sweep.points.filter((point) => selection.has(point))).toEqual(naive);
      }),
    );
  });
});
