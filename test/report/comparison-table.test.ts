import { describe, expect, it } from 'vitest';
import type { Summary } from '../../src/metrics/catalogue/catalogue.js';
import { comparisonTable } from '../../src/report/comparison-table.js';
import type { ComparisonRow, ComparisonTable } from '../../src/report/report-data.js';
import { compareRuns } from '../../src/results/comparison.js';
import { traceRecords } from './records.js';

const [{ summary }] = await traceRecords([['a', 0, 60, 1]]);

/** The summary of a policy whose jobs waited so long in the mean. */
function waiting(policy: string, mean: number | null, seed = '1'): Summary {
  const run = { ...summary.run, seed, policy: { name: policy, parameters: {} } };
  return { ...summary, run, wait: { ...summary.wait, mean } };
}

function tableOf(...summaries: readonly Summary[]): ComparisonTable {
  return comparisonTable(compareRuns(summaries));
}

function row(table: ComparisonTable, label: string): ComparisonRow {
  const found = table.rows.find((candidate) => candidate.name === label);
  if (found === undefined) throw new Error(`no row ${label}`);
  return found;
}

function waits(...summaries: readonly Summary[]) {
  return row(tableOf(...summaries), 'wait.mean').cells;
}

describe('the comparison table of a report', () => {
  it('has the paired difference to the reference under each value', () => {
    const near = [waiting('a', 10), waiting('a', 14, '2'), waiting('b', 11), waiting('b', 15, '2')];
    const [a, b] = waits(...near);
    expect(a).toEqual({ value: '12 (1.4–100) s', difference: '', isSupported: false });
    expect(b).toMatchObject({ value: '13 s', difference: '+1.0 s' });
  });

  it('supports a difference by the pairs of seeds, although the intervals of the means overlap', () => {
    // The seeds differ by 10 s and more, the policies by 1 s in each seed.
    const seeds = ['1', '2', '3', '4', '5', '6', '7', '8'];
    const summaries = ['a', 'b'].flatMap((policy, i) =>
      seeds.map((seed, n) => waiting(policy, 10 * n + i + 0.01 * (n % 3), seed)),
    );
    const [, b] = waits(...summaries);
    expect(b.isSupported).toBe(true);
  });

  it('supports no difference of one run of each policy', () => {
    const cells = waits(waiting('a', 20), waiting('b', 10), waiting('c', 30));
    expect(cells.map(({ difference, isSupported }) => [difference, isSupported])).toEqual([
      ['', false],
      ['', false],
      ['', false],
    ]);
  });

  it('says mean and half-width where there are several seeds, and none where all seeds gave the same', () => {
    const [a] = waits(waiting('a', 10), waiting('a', 12, '2'), waiting('b', 10), waiting('b', 10, '2'));
    expect(a.value).toBe('11 (3.5–35) s');
    const close = waits(waiting('a', 10), waiting('a', 10.000001, '2'));
    expect(close[0].value).toBe('10.0000 ± 0.0001 s');
  });

  it('leaves out a metric that no run has, and puts a dash where one run has it not', () => {
    const without = tableOf(waiting('a', null));
    expect(without.rows.map(({ name }) => name)).not.toContain('wait.mean');
    expect(waits(waiting('a', null), waiting('b', 10)).map(({ value }) => value)).toEqual(['–', '10 s']);
  });

  it('shows counts of what went wrong among the headlines only where something did', () => {
    const headline = (failed: number) => {
      const failing = { ...waiting('a', 1), jobs: { ...summary.jobs, failed } };
      return row(tableOf(failing), 'jobs.failed').isShort;
    };
    expect(headline(0)).toBe(false);
    expect(headline(3)).toBe(true);
  });
});
