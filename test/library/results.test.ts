import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  compare,
  gate,
  type RunRecord,
  type RunScenario,
  readTrace,
  report,
  run,
  type SweepProgress,
  type SweepScenario,
  sweep,
  type TraceRow,
} from '../../src/index.js';

const newFolder = () => mkdtempSync(join(tmpdir(), 'fairground-library-'));

const SMALL: RunScenario = { machines: '10x16cpu/64GiB/4TiBdisk', until: '5m' };

let records: readonly RunRecord[];
const out = newFolder();

beforeAll(async () => {
  records = await run({ ...SMALL, policy: 'drf,fcfs', seeds: '1-3' }, { out });
});

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

describe('gate', () => {
  it('finds no change between equal runs, also in a folder', () => {
    expect(gate(out, records).verdict).toBe('same');
  });

  it('fails when a gated metric is worse beyond its tolerance, with every seed', () => {
    const worse = records.map(({ summary }, i) => ({
      ...summary,
      queue: { ...summary.queue, mean: summary.queue.mean * (1.5 + 0.001 * i) },
    }));
    const { verdict, metrics } = gate(records, worse, { tolerances: ['queue.mean=5%'] });
    expect(verdict).toBe('fail');
    expect(metrics.filter((one) => one.verdict === 'fail').map(({ metric }) => metric.key)).toContain(
      'queue.mean',
    );
  });

  it('refuses a tolerance of no metric', () => {
    expect(() => gate(records, records, { tolerances: ['wiat.p95=5%'] })).toThrow(/wiat/);
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
    ...SMALL,
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
    await expect(sweep({ ...SMALL, policy: ['drf', 'dfr'] }, { out: folder })).rejects.toThrow(/dfr/);
    await expect(sweep({ ...SMALL, exclude: [{ machinse: 'x' }] }, { out: folder })).rejects.toThrow(
      /machinse/,
    );
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('readTrace', () => {
  const file = (name: string, text: string) => {
    const path = join(newFolder(), name);
    writeFileSync(path, text);
    return path;
  };
  const rowsOf = async (trace: AsyncIterable<TraceRow>) => {
    const rows: TraceRow[] = [];
    for await (const row of trace) rows.push(row);
    return rows;
  };

  it('yields rows in seconds and units, as often as it is iterated', async () => {
    const path = file(
      'jobs.csv',
      'job_id,framework,submit,duration,cpus,mem,tasks,user,time_limit\na,x,0.5,10,2,1024,3,ann,20\nb,y,5,forever,0.25,512,1,,\n',
    );
    const trace = await readTrace(path);
    expect(trace).toMatchObject({
      name: 'jobs.csv',
      format: 'csv',
      resources: ['cpus', 'mem'],
      machines: undefined,
    });
    const rows = await rowsOf(trace);
    expect(rows).toMatchObject([
      {
        job: 'a',
        framework: 'x',
        submit: 0.5,
        tasks: 3,
        demand: { cpus: 2, mem: 1024 },
        duration: 10,
        timeLimit: 20,
        user: 'ann',
      },
      {
        job: 'b',
        framework: 'y',
        submit: 5,
        demand: { cpus: 0.25, mem: 512 },
        duration: Number.POSITIVE_INFINITY,
      },
    ]);
    expect(rows[1].user).toBeUndefined();
    expect(rows[1].timeLimit).toBeUndefined();
    expect(await rowsOf(trace)).toEqual(rows);
  });

  it('has the machines of a log, and counts what is left out', async () => {
    const path = file(
      'log.swf',
      '; MaxProcs: 8\n1 0 -1 100 4 -1 -1 4 200 -1 1 1 1 -1 1 -1 -1 -1\n2 10 -1 -7 2 -1 -1 2 60 -1 1 2 1 -1 1 -1 -1 -1\n',
    );
    const trace = await readTrace(path, { set: { 'swf.damaged': 'drop' } });
    expect(trace.format).toBe('swf');
    expect(trace.machines?.reduce((sum, { capacity }) => sum + capacity.cpus, 0)).toBe(8);
    expect(await rowsOf(trace)).toHaveLength(1);
    expect(Object.values(trace.dropped).reduce((sum, count) => sum + count, 0)).toBe(1);
  });

  it('says where a mistake is', async () => {
    const trace = await readTrace(file('jobs.csv', 'job_id,submit,duration,cpus\na,5,1,1\nb,4,1,1\n'));
    await expect(rowsOf(trace)).rejects.toThrow(/jobs\.csv:3: submit: found "4"/);
    await expect(readTrace(file('odd.bin', 'what is this'))).rejects.toMatchObject({ name: 'InputError' });
  });
});
