import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../src/metrics/run-record.js';
import { reportData } from '../../src/report/make-report-data.js';
import { unpacked } from '../../src/report/packed-series.js';
import { compareRuns } from '../../src/results/comparison.js';
import { cellOf } from '../../src/results/interval-text.js';
import { type JobLine, smackRecords, traceRecords } from './records.js';

/** Twelve frameworks; each has more than the one before. */
const MANY: readonly JobLine[] = Array.from({ length: 12 }, (_, i) => [`f${i}`, 0, 100 + 10 * i, 1] as const);

describe('what a report says of its runs', () => {
  it('draws the shares of frameworks that add up to what is allocated', async () => {
    const [record] = await smackRecords(['drf']);
    const data = reportData([record]);
    const [cpus] = data.policies[0].runs[0].series.resources;
    const allocated = cpus.allocated.map(unpacked);
    const total = record.series.columns.find(({ name }) => name === 'allocated.cpus')?.values ?? [];
    expect(cpus.used).not.toBeNull();
    expect(allocated[0]).toHaveLength(total.length);
    total.forEach((share, bin) => {
      const sum = allocated.reduce((so, framework) => so + framework[bin], 0);
      expect(sum).toBeCloseTo(share, 3);
    });
  });

  it('keeps allocation and utilization apart: what the workload does not say is not drawn', async () => {
    const data = reportData(await traceRecords([['a', 0, 60, 1]]));
    expect(data.policies[0].runs[0].series.resources[0].used).toBeNull();
  });

  it('counts every task that started in the waits, by how long it waited', async () => {
    // One machine of 4 cores: the second job waits 60 s for the first, the third starts at once.
    const records = await traceRecords(
      [
        ['a', 0, 60, 4],
        ['b', 0, 10, 4],
        ['b', 100, 10, 1],
      ],
      { machines: '1x4cpu' },
    );
    const [a, b] = reportData(records).policies[0].waits;
    expect(a).toMatchObject({ tasks: 1, zero: 1, seconds: [], counts: [] });
    expect(b).toMatchObject({ tasks: 2, zero: 1, longer: [1, 0, 0, 0, 0], seconds: [60], counts: [1] });
  });

  it('puts the waits of all seeds together, and has the series of each seed', async () => {
    const records = await smackRecords(['drf'], ['1', '2']);
    const { policies } = reportData(records);
    const started = records.reduce((sum, { summary }) => sum + summary.tasks.started, 0);
    expect(policies).toHaveLength(1);
    expect(policies[0].seeds).toEqual(['1', '2']);
    expect(policies[0].waits.reduce((sum, { tasks }) => sum + tasks, 0)).toBe(started);
    expect(policies[0].runs.map(({ seed }) => seed)).toEqual(['1', '2']);
    expect(policies[0].runs[1].series).toEqual(reportData([records[1]]).policies[0].runs[0].series);
    expect(policies[0].dominantShares.every((share) => share?.halfWidth !== null)).toBe(true);
  });

  it('says that numbers of one seed are those of one seed', async () => {
    const one = reportData(await smackRecords(['drf'], ['7']));
    expect(one.notes[0]).toMatch(/^All numbers are for seed 7\. Other seeds give other numbers/);
    const two = reportData(await smackRecords(['drf'], ['7', '8']));
    expect(two.notes[0]).toMatch(/Means are over the seeds/);
    expect(two.facts).toContainEqual({ term: 'Seeds', text: '2 seeds (7, 8)' });
  });

  it('takes the smallest frameworks together where there are more than colours', async () => {
    const data = reportData(await traceRecords(MANY, { machines: '12x1cpu' }));
    expect(data.frameworks.map(({ label }) => label)).toEqual([
      ...['f4', 'f5', 'f6', 'f7', 'f8', 'f9', 'f10', 'f11'],
      '4 others',
    ]);
    expect(data.policies[0].waits.at(-1)?.tasks).toBe(4);
    expect(data.policies[0].dominantShares.at(-1)).toBeNull();
  });

  it('notes what was left out and what could not be done', async () => {
    const records = await traceRecords([
      ['a', 0, 60, 1],
      ['a', 0, 60, 100],
    ]);
    const { notes } = reportData(records.map(withLosses));
    expect(notes).toContain('fcfs: 1 of 2 tasks were rejected: they can never run.');
    expect(notes).toContain('trace.csv: 3 rows left out (no duration).');
    expect(notes).toContain('fcfs: The ledger refused 1,200 decisions of the policy (does-not-fit).');
  });

  it('warns where more than the policy differs between the runs', async () => {
    const small = await traceRecords([['a', 0, 60, 1]], { machines: '1x4cpu' });
    const large = await traceRecords([['a', 0, 60, 1]], { machines: '2x4cpu', policies: ['drf'] });
    const warning = 'The runs differ in their machines, not only in the policy.';
    expect(reportData([...small, ...large]).notes).toContain(warning);
    expect(reportData(small).notes).not.toContain(warning);
  });

  it('has no figure to draw, and no statistic, where nothing could start', async () => {
    const data = reportData(await traceRecords([['a', 5, 60, 100]]));
    expect(data.policies[0].runs[0].series).toMatchObject({ length: 0, pending: { values: '' } });
    expect(data.policies[0].runs[0].heat).toMatchObject({ bins: 0, cells: '' });
    expect(data.comparison.rows.map(({ name }) => name)).not.toContain('wait.mean');
  });

  it('says in one sentence what was run, and keeps the command line', async () => {
    const data = reportData(await smackRecords(['silos', 'drf'], ['1', '2']), { command: 'simulate' });
    expect(data.sentence).toBe(
      'smack (a generated workload) on 80 machines for 2h under silos and drf, with the same 2 seeds',
    );
    expect(data.command).toBe('simulate');
  });

  it('compares to the chosen reference, in the numbers that a terminal prints', async () => {
    const records = await smackRecords(['silos', 'drf'], ['1', '2', '3']);
    const data = reportData(records, { versus: 'drf' });
    const comparison = compareRuns(
      records.map(({ summary }) => summary),
      { versus: 'drf' },
    );
    const row = comparison.rows.find(({ metric }) => metric.key === 'wait.p95');
    const card = data.verdicts.find(({ question }) => question === 'Waits');
    expect(data.reference).toBe(1);
    expect(row).toBeDefined();
    expect(card?.cells[0].difference).toBe(row && cellOf(row, comparison, 0).difference);
    expect(data.forest.find(({ name }) => name === 'wait.p95')?.differences[0].mean).toBe(
      row?.differences[0]?.mean,
    );
  });

  it('lists the parameters of every policy once, however many seeds it had', async () => {
    const data = reportData(await smackRecords(['silos', 'drf'], ['1', '2']));
    const [policies] = data.parameters;
    expect(policies.columns).toEqual(['silos', 'drf']);
    expect(policies.rows.find(([name]) => name === 'interval')).toEqual(['interval', '–', '1s']);
  });
});

function withLosses(record: RunRecord): RunRecord {
  const { summary } = record;
  const workload = { ...summary.run.workload, dropped: { 'no duration': 3, 'no cpus': 0 } };
  return {
    ...record,
    summary: { ...summary, run: { ...summary.run, workload }, refusals: { 'does-not-fit': 1200 } },
  };
}
