import { describe, expect, it } from 'vitest';
import type { Summary } from '../../src/metrics/catalogue/catalogue.js';
import { comparisonTable } from '../../src/report/comparison-table.js';
import type { ComparisonRow, ComparisonTable } from '../../src/report/report-data.js';
import { traceRecords } from './records.js';

const [{ summary }] = await traceRecords([['a', 0, 60, 1]]);

/** The summary of a policy whose jobs waited so long in the mean. */
function waiting(policy: string, mean: number | null, seed = '1'): Summary {
  const run = { ...summary.run, seed, policy: { name: policy, parameters: {} } };
  return { ...summary, run, wait: { ...summary.wait, mean } };
}

function row(table: ComparisonTable, label: string): ComparisonRow {
  const found = table.rows.find((candidate) => candidate.name === label);
  if (found === undefined) throw new Error(`no row ${label}`);
  return found;
}

function bestWaits(...summaries: readonly Summary[]): boolean[] {
  return row(comparisonTable(summaries), 'wait.mean').cells.map(({ isBest }) => isBest);
}

describe('the comparison table of a report', () => {
  it('marks the best of a row', () => {
    expect(bestWaits(waiting('a', 20), waiting('b', 10), waiting('c', 30))).toEqual([false, true, false]);
  });

  it('marks all that read like the best', () => {
    expect(bestWaits(waiting('a', 10.001), waiting('b', 10.002), waiting('c', 30))).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('marks nothing where all read the same', () => {
    expect(bestWaits(waiting('a', 10), waiting('b', 10))).toEqual([false, false]);
  });

  it('marks nothing where there is one policy, or one that has the value', () => {
    expect(bestWaits(waiting('a', 10))).toEqual([false]);
    expect(bestWaits(waiting('a', 10), waiting('b', null))).toEqual([false, false]);
  });

  it('marks nothing where no way is good', () => {
    const submitted = { ...waiting('a', 1), jobs: { ...summary.jobs, unfinished: 5 } };
    const table = comparisonTable([submitted, waiting('b', 1)]);
    expect(row(table, 'jobs.unfinished').cells.map(({ isBest }) => isBest)).toEqual([false, false]);
  });

  it('shares the mark between means whose intervals overlap, and gives it to the best where they do not', () => {
    const near = [waiting('a', 10), waiting('a', 14, '2'), waiting('b', 11), waiting('b', 15, '2')];
    expect(bestWaits(...near, waiting('c', 900), waiting('c', 901, '2'))).toEqual([true, true, false]);
    const far = [waiting('a', 10), waiting('a', 10.1, '2'), waiting('b', 50), waiting('b', 50.1, '2')];
    expect(bestWaits(...far)).toEqual([true, false]);
  });

  it('says mean and half-width where there are several seeds, and none where all seeds gave the same', () => {
    const table = comparisonTable([
      waiting('a', 10),
      waiting('a', 12, '2'),
      waiting('b', 10),
      waiting('b', 10, '2'),
    ]);
    expect(table.hasIntervals).toBe(true);
    expect(row(table, 'wait.mean').cells.map(({ text }) => text)).toEqual(['11 ± 13 s', '10 s']);
    const close = comparisonTable([waiting('a', 10), waiting('a', 10.000001, '2')]);
    expect(row(close, 'wait.mean').cells[0].text).toBe('10.0000 ± 0.0001 s');
  });

  it('leaves out a metric that no run has, and puts a dash where one run has it not', () => {
    const without = comparisonTable([waiting('a', null)]);
    expect(without.rows.map(({ name }) => name)).not.toContain('wait.mean');
    const one = comparisonTable([waiting('a', null), waiting('b', 10)]);
    expect(row(one, 'wait.mean').cells.map(({ text }) => text)).toEqual(['–', '10 s']);
  });

  it('shows counts of what went wrong among the headlines only where something did', () => {
    const headline = (failed: number) => {
      const failing = { ...waiting('a', 1), jobs: { ...summary.jobs, failed } };
      return row(comparisonTable([failing]), 'jobs.failed').isShort;
    };
    expect(headline(0)).toBe(false);
    expect(headline(3)).toBe(true);
  });
});
