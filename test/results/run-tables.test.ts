import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { performRun } from '../../src/lab/run/node/run-task.js';
import type { RunSpec } from '../../src/lab/run/run-spec.js';
import type { Summary } from '../../src/metrics/catalogue/catalogue.js';
import { smallSpec } from '../lab/small-runs.js';

type Row = Readonly<Record<string, string>>;

const newFolder = () => mkdtempSync(join(tmpdir(), 'fairground-tables-'));

const TRACE = `job_id,framework,submit,duration,cpus,mem,tasks,user,time_limit
a,x,0,100,2,1024,3,ann,200
b,x,10,4,4,512,1,bob,
c,y,20,300,4,2048,2,ann,100
d,y,30,60,1,256,1,,
d,y,30,60,3,256,3,,
e,x,500,20,40,256,1,,
`;

const CHANGES = `time,machine,event,cpus,mem
50.5,machine-0,update,8,4096
120,machine-1,remove,,
400,spare,add,16,8192
`;

function traceSpec(more: Partial<RunSpec> = {}): RunSpec {
  const folder = newFolder();
  const [path, machineChanges] = [join(folder, 'trace.csv'), join(folder, 'changes.csv')];
  writeFileSync(path, TRACE);
  writeFileSync(machineChanges, CHANGES);
  const workload = { kind: 'trace', path } as const;
  return { policy: 'fcfs', workload, machines: '4x4cpu/4GiB', machineChanges, seed: '7', set: {}, ...more };
}

interface RunTables {
  readonly summary: Summary;
  readonly jobs: readonly Row[];
  readonly series: readonly Row[];
  readonly machines: readonly Row[];
  readonly schema: { readonly tables: Readonly<Record<string, readonly Row[]>> };
}

async function tablesOf(spec: RunSpec): Promise<RunTables> {
  const out = newFolder();
  const { summary } = await performRun({ spec, out });
  const read = (name: string) => readFileSync(join(out, name), 'utf8');
  const rows = (name: string): Row[] => parse(read(name), { columns: true });
  return {
    summary,
    jobs: rows('jobs.csv'),
    series: rows('series.csv'),
    machines: rows('machines.csv'),
    schema: JSON.parse(read('schema.json')),
  };
}

const RUNS: Readonly<Record<string, () => RunSpec>> = {
  'a generated workload': () => smallSpec(),
  'a generated workload with failures': () =>
    smallSpec({
      failures: { faults: ['at 5m: kill machine machine-3 for 7m', 'at 9m: kill machine machine-5'] },
    }),
  'a trace on machines that change': () => traceSpec(),
  'a trace that is cut': () => traceSpec({ until: 70_250_000 }),
};

/** The mean of a column over the time of the run. */
function meanOverTime(series: readonly Row[], column: string): number {
  const seconds = series.map((row) => Number(row.seconds));
  const length = seconds.reduce((sum, value) => sum + value, 0);
  return series.reduce((sum, row, bin) => sum + Number(row[column]) * seconds[bin], 0) / length;
}

function meanOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Six significant digits are within 5e-6 of the number. */
function expectClose(found: number | null, expected: number | null, about: string): void {
  if (expected === null || found === null) expect(found, about).toBe(expected);
  else expect(Math.abs(found - expected), about).toBeLessThanOrEqual(5e-6 * Math.abs(expected) + 1e-12);
}

describe.each(Object.entries(RUNS))('from the files of %s', (_, spec) => {
  it('counts, waits, responses and slowdowns of jobs are found again', async () => {
    const { summary, jobs } = await tablesOf(spec());
    const numbers = (column: string, rows = jobs) =>
      rows.filter((row) => row[column] !== '').map((row) => Number(row[column]));
    const outcomes = (...names: string[]) => jobs.filter(({ outcome }) => names.includes(outcome)).length;
    expect(outcomes('finished')).toBe(summary.jobs.finished);
    expect(outcomes('failed', 'rejected', 'not-run')).toBe(summary.jobs.failed);
    expect(jobs).toHaveLength(summary.jobs.submitted);
    expectClose(meanOf(numbers('wait')), summary.wait.mean, 'wait');
    expectClose(meanOf(numbers('slowdown')), summary.boundedSlowdown.mean, 'slowdown');
    // Instances of services that ended have none.
    const ended = jobs.filter(({ run }) => run !== '');
    expect(ended).toHaveLength(summary.response.count);
    const responses = ended.map(({ submit, end }) => Number(end) - Number(submit));
    expectClose(meanOf(responses), summary.response.mean, 'response');
    for (const row of ended) {
      expect(Number(row.start) - Number(row.submit)).toBeCloseTo(Number(row.wait), 6);
      const slowdown = (Number(row.end) - Number(row.submit)) / Math.max(10, Number(row.run));
      expectClose(Number(row.slowdown), Math.max(1, slowdown), `slowdown of ${row.job_id}`);
    }
    for (const [name, { wait, response }] of Object.entries(summary.byFramework)) {
      const own = ended.filter(({ framework }) => framework === name);
      expect(response.count, name).toBe(own.length);
      expect(wait.count, name).toBeGreaterThanOrEqual(own.length);
    }
  });

  it('the utilization, the queue and the number of machines are found again', async () => {
    const { summary, series, machines } = await tablesOf(spec());
    for (const [resource, { allocated }] of Object.entries(summary.utilization)) {
      expectClose(meanOverTime(series, `allocated.${resource}`), allocated.mean, resource);
      const parts = Object.keys(summary.byFramework).map((name) =>
        meanOverTime(series, `allocated.${resource}.${name}`),
      );
      expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(allocated.mean, 6);
    }
    expectClose(meanOverTime(series, 'pending'), summary.queue.mean, 'pending');
    const { length } = summary.run;
    expectClose(
      series.reduce((sum, { seconds }) => sum + Number(seconds), 0),
      length,
      'length',
    );
    // Machines that are there and not down, from the other file.
    const up = machines.map((row) => length - Number(row.down_seconds) - Number(row.absent_seconds ?? 0));
    expectClose(
      meanOverTime(series, 'machines_up') * length,
      up.reduce((sum, time) => sum + time, 0),
      'up',
    );
  });

  it('every row has the policy and the seed, and every column its unit', async () => {
    const { summary, jobs, series, machines, schema } = await tablesOf(spec());
    for (const [name, rows] of Object.entries({ jobs, series, machines })) {
      for (const row of rows)
        expect([row.policy, row.seed]).toEqual([summary.run.policy.name, summary.run.seed]);
      expect(schema.tables[name].map((column) => column.name)).toEqual(Object.keys(rows[0]));
      const withoutUnit = schema.tables[name].filter(({ type, unit }) => (type === 'text') !== (unit === ''));
      expect(withoutUnit, name).toEqual([]);
    }
  });
});

describe('the files of a run', () => {
  it('have the user, the demand and the limit of each job', async () => {
    const { jobs } = await tablesOf(traceSpec());
    const one = (id: string) => jobs.find(({ job_id }) => job_id === id);
    expect(one('a')).toMatchObject({ user: 'ann', cpus: '2', mem: '1024', time_limit: '200', tasks: '3' });
    expect(one('b')).toMatchObject({ user: 'bob', cpus: '4', time_limit: '', run: '4', slowdown: '1' });
    // One task of 1 core and three of 3.
    expect(one('d')).toMatchObject({ user: '', cpus: '2.5', mem: '256', tasks: '4' });
    // Each of its tasks is stopped at the limit.
    expect(one('c')).toMatchObject({ outcome: 'failed', time_limit: '100', run: '100' });
    expect(one('e')).toMatchObject({ outcome: 'rejected', cpus: '40', wait: '', run: '', slowdown: '' });
  });

  it('have the capacity and the machines over time', async () => {
    const { series } = await tablesOf(traceSpec());
    const at = (time: number) => series.find((row) => Number(row.time) === time);
    expect(at(49)).toMatchObject({ 'capacity.cpus': '16', 'capacity.mem': '16384', machines_up: '4' });
    // Machine 0 has 8 cores from the middle of this second.
    expect(at(50)).toMatchObject({ 'capacity.cpus': '18', machines_up: '4', seconds: '1' });
    expect(at(51)).toMatchObject({ 'capacity.cpus': '20', machines_up: '4' });
    expect(at(120)).toMatchObject({ 'capacity.cpus': '16', 'capacity.mem': '12288', machines_up: '3' });
    expect(at(400)).toMatchObject({ 'capacity.cpus': '32', 'capacity.mem': '20480', machines_up: '4' });
  });
});
