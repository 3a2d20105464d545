import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  compare,
  type RunRecord,
  type RunScenario,
  report,
  run,
  type SweepProgress,
  type SweepScenario,
  sweep,
} from '../../src/index.js';

const newFolder = () => mkdtempSync(join(tmpdir(), 'fairground-library-'));

const SMALL: RunScenario = { machines: '10x16cpu/64GiB/4TiBdisk', until: '5m' };

let records: readonly RunRecord[];
const out = newFolder();

beforeAll(async () => {
  records = await run({ ...SMALL, policy: 'drf,fcfs', seeds: '1-3' }, { out });
}, 60_000);

describe('compare', () => {
  it('has a column for each policy, and paired differences to the reference', () => {
    const { columns, reference, rows } = compare(records, { versus: 'fcfs' });
    expect([columns.map(({ name }) => name), reference]).toEqual([['drf', 'fcfs'], 1]);
    const wait = rows.find(({ metric }) => metric.key === 'taskWait.mean');
    const [drf, fcfs] = wait?.values.map((value) => value?.mean as number) ?? [];
    expect(wait?.differences[0]?.mean).toBeCloseTo(drf - fcfs, 6);
  });

  it('reads summaries and folders, too', () => {
    const expected = JSON.stringify(compare(records).rows);
    expect(JSON.stringify(compare(records.map(({ summary }) => summary)).rows)).toBe(expected);
    expect(JSON.stringify(compare(out).rows)).toBe(expected);
  });

  it('refuses an unknown reference', () => {
    expect(() => compare(records, { versus: 'ffcs' })).toThrow(/fcfs/);
  });
});

describe('report', () => {
  it('is one page with the runs', () => {
    const page = report(records);
    expect(page).toMatch(/^<!doctype html>/);
    expect(page).toContain('fcfs');
  });
});

describe('sweep', () => {
  const scenario: SweepScenario = {
    until: '5m',
    policy: ['drf', 'fcfs'],
    machines: ['10x16cpu/64GiB/4TiBdisk', '12x16cpu/64GiB/4TiBdisk'],
    exclude: [{ policy: 'fcfs', machines: '12x16cpu/64GiB/4TiBdisk' }],
  };
  const tablesIn = (folder: string) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.parquet'))
      .map((name) => readFileSync(join(folder, name), 'base64'));

  it('runs every combination, and only what is missing when it is called again', async () => {
    const folder = newFolder();
    const seen: SweepProgress[] = [];
    const first = await sweep(scenario, { out: folder, progress: (now) => seen.push(now) });
    expect(first).toMatchObject({ axes: ['machines'], ran: 3, kept: 0, failed: [] });
    expect(first.runs.map(({ policy, parameters }) => `${policy} ${parameters.machines}`)).toEqual([
      'drf 10x16cpu/64GiB/4TiBdisk',
      'fcfs 10x16cpu/64GiB/4TiBdisk',
      'drf 12x16cpu/64GiB/4TiBdisk',
    ]);
    expect(Object.keys(first.tables)).toEqual(['runs', 'metrics', 'series']);
    expect([seen[0], seen.at(-1)]).toEqual([
      { runs: 3, finished: 0, failed: 0 },
      { runs: 3, finished: 3, failed: 0 },
    ]);
    const tables = tablesIn(folder);
    expect(await sweep(scenario, { out: folder })).toMatchObject({ ran: 0, kept: 3 });
    expect(tablesIn(folder)).toEqual(tables);
  });

  it('goes on after it was stopped, with the same tables', async () => {
    const [stopped, whole] = [newFolder(), newFolder()];
    const stop = new AbortController();
    const reason = new Error('enough');
    const progress = ({ finished }: SweepProgress) => finished === 1 && stop.abort(reason);
    const options = { workers: 1, signal: stop.signal, progress };
    await expect(sweep(scenario, { ...options, out: stopped })).rejects.toBe(reason);
    const { ran, kept } = await sweep(scenario, { out: stopped });
    expect([ran + kept, kept]).toEqual([3, 1]);
    await sweep(scenario, { out: whole });
    expect(tablesIn(stopped)).toEqual(tablesIn(whole));
  });

  it('rejects a mistake in any run before the first one', async () => {
    const folder = newFolder();
    await expect(sweep({ until: '5m', policy: ['drf', 'dfr'] }, { out: folder })).rejects.toThrow(/dfr/);
    await expect(sweep({ until: '5m', exclude: [{ machinse: 'x' }] }, { out: folder })).rejects.toThrow(
      /machinse/,
    );
    expect(readdirSync(folder)).toEqual([]);
  });
});
