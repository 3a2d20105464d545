import { describe, expect, it } from 'vitest';
import type { Summary } from '../../src/metrics/catalogue/catalogue.js';
import { type ComparedMetric, compareRuns, type DerivedMetric } from '../../src/results/comparison.js';
import { resultsText } from '../../src/results/results-document.js';
import { resultsSchema } from '../../src/results/results-schema.js';
import { meanInterval } from '../../src/results/statistics/mean-interval.js';
import { smallSpec, summaryOf, waitingLike } from '../lab/small-runs.js';

const base = await summaryOf(smallSpec({ policy: 'drf' }));

const waiting = waitingLike(base);

function runsOf(policy: string, waits: readonly number[]): Summary[] {
  return waits.map((mean, i) => waiting(policy, String(i + 1), mean));
}

const BUSY = [10, 22, 35, 48, 60, 71];

function waitRow(rows: readonly ComparedMetric[]): ComparedMetric {
  return rows.find(({ metric }) => metric.key === 'wait.mean') as ComparedMetric;
}

describe('a comparison of runs with the same seeds', () => {
  const better = BUSY.map((wait, i) => wait - 3 - (i % 2));
  const summaries = [...runsOf('slow', BUSY), ...runsOf('quick', better)];

  it('has the paired difference of each column to the first, which separates policies whose intervals overlap', () => {
    const { values, differences } = waitRow(compareRuns(summaries).rows);
    const [slow, quick] = values;
    expect((quick?.mean ?? 0) + (quick?.halfWidth ?? 0)).toBeGreaterThan(slow?.mean ?? 0);
    expect(differences[0]).toBeUndefined();
    expect(differences[1]).toMatchObject({
      ...meanInterval(better.map((wait, i) => wait - BUSY[i])),
      isSupported: true,
    });
  });

  it('pairs by seed, in any order of the runs, and leaves out seeds of one column alone', () => {
    const { differences } = waitRow(
      compareRuns([...summaries.toReversed(), waiting('slow', '99', 5000)]).rows,
    );
    expect(differences[1]).toMatchObject({ count: 6, mean: expect.closeTo(3.5, 10) });
  });

  it('is relative to the column that is chosen, and refuses one that is not there', () => {
    const { reference, rows } = compareRuns(summaries, { versus: 'quick' });
    expect(reference).toBe(1);
    expect(waitRow(rows).differences).toEqual([expect.objectContaining({ count: 6 }), undefined]);
    expect(() => compareRuns(summaries, { versus: 'quik' })).toThrow(
      /--versus: found "quik", expected one of slow, quick; did you mean quick\?/,
    );
  });

  it('supports no difference between runs of one seed, and gives it no interval', () => {
    const { rows, correction } = compareRuns([waiting('a', '1', 10), waiting('b', '1', 20)]);
    expect(waitRow(rows).differences[1]).toEqual({
      count: 1,
      mean: 10,
      halfWidth: undefined,
      p: undefined,
      corrected: undefined,
      isSupported: false,
    });
    expect(correction).toEqual({ method: 'none', comparisons: 0 });
  });

  it('corrects for the number of comparisons: a difference that is supported alone may not be among many', () => {
    const one = [3, 1, 2, 4, 2, 1];
    const alone = [
      ...runsOf('a', BUSY),
      ...runsOf(
        'b',
        BUSY.map((wait, i) => wait + one[i]),
      ),
    ];
    expect(waitRow(compareRuns(alone).rows).differences[1]?.isSupported).toBe(true);
    const others = Array.from({ length: 40 }, (_, k) =>
      runsOf(
        `other-${k}`,
        BUSY.map((wait, i) => wait + ((i + k) % 2 === 0 ? 1 : -1) * (k + 1)),
      ),
    );
    const [, difference] = waitRow(compareRuns([...alone, ...others.flat()]).rows).differences;
    expect(difference?.p).toBeLessThan(0.05);
    expect(difference?.isSupported).toBe(false);
    expect(difference?.corrected?.halfWidth).toBeGreaterThan(difference?.halfWidth ?? 0);
  });

  it('corrects the rows of the short table together, or all rows when all are asked for', () => {
    const detail: DerivedMetric['metric'] = { key: 'x', unit: 's', better: 'lower', table: 'long' };
    const derived = [{ metric: detail, compute: ({ wait }: Summary) => wait.mean ?? undefined }];
    const lastRow = (family: 'short' | 'all') => compareRuns(summaries, { derived, family }).rows.at(-1);
    expect(lastRow('short')?.differences[1]).toMatchObject({ corrected: undefined, isSupported: false });
    expect(lastRow('all')?.differences[1]).toMatchObject({ isSupported: true });
  });

  it('keeps the interval of a wait above 0', () => {
    const { values } = waitRow(compareRuns(runsOf('a', [0.1, 0.2, 9])).rows);
    const [{ mean, halfWidth = 0, limits } = { mean: 0, limits: undefined }] = values as [
      ComparedMetric['values'][0],
    ];
    expect(mean - halfWidth).toBeLessThan(0);
    expect(limits?.low).toBeGreaterThan(0);
  });
});

describe('runs that do not depend on the seed', () => {
  const fixed = runsOf('fixed', [7, 7, 7]);

  it('count as one run without an interval', () => {
    const { columns, rows } = compareRuns(fixed);
    expect(columns[0].isDeterministic).toBe(true);
    expect(waitRow(rows).values[0]).toMatchObject({ count: 1, mean: 7, halfWidth: undefined });
  });

  it('have one difference among each other, and one for each seed to runs that depend on it', () => {
    const other = runsOf('other', [5, 5, 5]);
    expect(waitRow(compareRuns([...fixed, ...other]).rows).differences[1]).toMatchObject({
      count: 1,
      mean: -2,
    });
    const random = runsOf('random', [8, 9, 10]);
    expect(waitRow(compareRuns([...fixed, ...random]).rows).differences[1]).toMatchObject({
      count: 3,
      mean: 2,
    });
  });
});

describe('a results document', () => {
  it('has one shape for one run and for many, which its schema accepts', () => {
    for (const summaries of [[base], [...runsOf('a', BUSY), ...runsOf('b', [1, 2, 3])]]) {
      const { runs, comparison } = resultsSchema.parse(
        JSON.parse(resultsText(summaries, compareRuns(summaries))),
      );
      expect(runs).toEqual(summaries);
      const row = comparison.rows.find(({ key }) => key === 'wait.mean');
      expect([row?.values.length, row?.differences[0]]).toEqual([comparison.columns.length, null]);
    }
  });
});
