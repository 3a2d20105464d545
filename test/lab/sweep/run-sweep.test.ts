import { cpSync, existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runSweep } from '../../../src/lab/sweep/run-sweep.js';
import { readParquet } from '../../../src/results/files/parquet-table.js';
import { readSummaries } from '../../../src/results/files/read-summary.js';
import { newFolder, planOf, smallTrace, tablesIn } from './small-sweep.js';

const trace = smallTrace();
const SMALL = { scenario: { policy: 'fcfs,easy', machines: ['2x4cpu', '4x4cpu'] } };

async function rowsOf(results: string, table: string): Promise<Record<string, unknown>[]> {
  const { columns, data } = await readParquet(join(results, `${table}.parquet`));
  return data[0].map((_, row) => Object.fromEntries(columns.map(({ name }, i) => [name, data[i][row]])));
}

describe('a sweep', () => {
  it('leaves a row for each run, with its axes and the numbers of its summary', async () => {
    const results = newFolder();
    const plan = await planOf(SMALL, [], trace);
    const outcome = await runSweep(plan, { results, jobs: true, csv: true });
    expect(outcome).toMatchObject({ ran: 4, kept: 0, failed: [] });
    const rows = await rowsOf(results, 'runs');
    expect(rows.map(({ policy, machines }) => [policy, machines])).toEqual([
      ['fcfs', '2x4cpu'],
      ['easy', '2x4cpu'],
      ['fcfs', '4x4cpu'],
      ['easy', '4x4cpu'],
    ]);
    const cell = String(rows[0].cell);
    const summary = JSON.parse(readFileSync(join(results, 'cells', cell, 'summary.json'), 'utf8'));
    expect(rows[0]['wait.p95']).toBe(summary.wait.p95);
    const long = await rowsOf(results, 'metrics');
    expect(long.find((row) => row.cell === cell && row.metric === 'wait.p95')).toMatchObject({
      value: summary.wait.p95,
      unit: 's',
      machines: '2x4cpu',
    });
    expect(await rowsOf(results, 'jobs')).toHaveLength(4 * 40);
    expect(readFileSync(join(results, 'runs.csv'), 'utf8').split('\n')).toHaveLength(1 + 4 + 1);
  });

  it('runs only what is new when an axis gets a value, and is then as a new sweep', async () => {
    const results = newFolder();
    await runSweep(await planOf({ scenario: { policy: 'fcfs', machines: '4x4cpu' } }, [], trace), {
      results,
      jobs: false,
    });
    const plan = await planOf(SMALL, [], trace);
    expect(await runSweep(plan, { results, jobs: false })).toMatchObject({ ran: 3, kept: 1 });
    const other = newFolder();
    await runSweep(plan, { results: other, jobs: false, workers: 1 });
    expect(tablesIn(results)).toEqual(tablesIn(other));
  });

  it('runs a cell again whose part is damaged or missing', async () => {
    const results = newFolder();
    const plan = await planOf(SMALL, [], trace);
    await runSweep(plan, { results, jobs: false });
    const before = tablesIn(results);
    const parts = (cell: string) => join(results, 'cells', cell);
    truncateSync(join(parts(plan.cells[0].id), 'series.parquet'), 100);
    rmSync(join(parts(plan.cells[1].id), 'runs.parquet'));
    expect(await runSweep(plan, { results, jobs: false })).toMatchObject({ ran: 2, kept: 2 });
    expect(tablesIn(results)).toEqual(before);
  });

  it('names the damaged part whose ends are intact, and what to do', async () => {
    const results = newFolder();
    const plan = await planOf(SMALL, [], trace);
    await runSweep(plan, { results, jobs: false });
    const path = join(results, 'cells', plan.cells[2].id, 'metrics.parquet');
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.fill(7, bytes.length - 60, bytes.length - 8));
    await expect(runSweep(plan, { results, jobs: false })).rejects.toThrow(
      new RegExp(
        `${path}: is not a complete Parquet file .*; remove ${join(results, 'cells', plan.cells[2].id)} and sweep again`,
      ),
    );
  });

  it('goes on after a run that fails, lists it, and tries it again', async () => {
    const results = newFolder();
    const policy = join(newFolder(), 'mine.js');
    const fails = (when: string) =>
      `export default () => ({ name: 'mine', schedule() { if (${when}) throw new Error('no idea'); } });\n`;
    writeFileSync(policy, fails('true'));
    const plan = await planOf(
      { scenario: { policy: `fcfs,${policy}`, machines: '4x4cpu', until: '1h' } },
      [],
      trace,
    );
    const outcome = await runSweep(plan, { results, jobs: false });
    expect(outcome).toMatchObject({ ran: 1, kept: 0 });
    expect(outcome.failed.map(({ problem }) => problem)).toEqual([expect.stringContaining('no idea')]);
    expect(readFileSync(join(results, 'failures.csv'), 'utf8')).toMatch(
      /^cell,policy,seed,problem\n.*,mine,1,.*no idea/,
    );
    expect(await runSweep(plan, { results, jobs: false })).toMatchObject({ ran: 0, kept: 1 });
    writeFileSync(policy, fails('false'));
    const mended = await planOf(
      { scenario: { policy: `fcfs,${policy}`, machines: '4x4cpu', until: '1h' } },
      [],
      trace,
    );
    expect(await runSweep(mended, { results, jobs: false })).toMatchObject({ ran: 1, kept: 1, failed: [] });
    expect(existsSync(join(results, 'failures.csv'))).toBe(false);
  });

  it('is refused while another process writes to the folder, and not after that process was killed', async () => {
    const results = newFolder();
    const plan = await planOf({}, [], trace);
    const lock = join(results, 'sweep.lock');
    writeFileSync(lock, JSON.stringify({ host: hostname(), process: process.ppid }));
    await expect(runSweep(plan, { results, jobs: false })).rejects.toThrow(
      `sweep.lock: process ${process.ppid} on ${hostname()} is writing these results; if it has ended, remove this file`,
    );
    // The largest possible number of a process is smaller.
    writeFileSync(lock, JSON.stringify({ host: hostname(), process: 2 ** 30 }));
    expect(await runSweep(plan, { results, jobs: false })).toMatchObject({ ran: 1 });
    expect(existsSync(lock)).toBe(false);
  });

  it('stops at a signal, keeps what is finished, and leaves no draft', async () => {
    const results = newFolder();
    const plan = await planOf({ scenario: { seeds: '1-6', machines: '2x4cpu' } }, [], trace);
    const stop = new AbortController();
    const options = { results, jobs: false, workers: 1, signal: stop.signal, done: () => stop.abort() };
    await expect(runSweep(plan, options)).rejects.toMatchObject({ name: 'Interrupted' });
    const cells = readdirSync(join(results, 'cells'));
    expect(cells.filter((name) => !name.startsWith('.')).length).toBeGreaterThanOrEqual(1);
    const outcome = await runSweep(plan, { results, jobs: false });
    expect(outcome.kept).toBeGreaterThanOrEqual(1);
    expect(outcome.ran + outcome.kept).toBe(6);
    expect(readdirSync(join(results, 'cells')).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it.each([
    [
      [1, 100],
      ['4x4cpu', '2x4cpu'],
    ],
    [
      [100, 1],
      ['2x4cpu', '4x4cpu'],
    ],
  ])('starts with the cell whose sibling took longest before: %j seconds', async (seconds, order) => {
    const results = newFolder();
    const cells = (seeds: string) =>
      planOf({ scenario: { machines: ['2x4cpu', '4x4cpu'], seeds, policy: 'fcfs' } }, [], trace);
    const first = await cells('1');
    const ran: string[] = [];
    const done = ({ parameters }: { readonly parameters: readonly string[] }) => ran.push(parameters[0]);
    await runSweep(first, { results, jobs: false, workers: 1, done });
    const file = join(results, 'seconds.csv');
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    const places = ran.map((machines) => ['2x4cpu', '4x4cpu'].indexOf(machines));
    writeFileSync(file, lines.map((line, i) => `${line.split(',')[0]},${seconds[places[i]]}\n`).join(''));
    ran.length = 0;
    await runSweep(await cells('1-2'), { results, jobs: false, workers: 1, done });
    expect(ran).toEqual(order);
  });

  it('is compared in the order of its cells, without those of an earlier sweep', async () => {
    const results = newFolder();
    await runSweep(await planOf({ scenario: { machines: '8x4cpu' } }, [], trace), { results, jobs: false });
    await runSweep(await planOf(SMALL, [], trace), { results, jobs: false });
    const runs = readSummaries(results).map(({ run }) => [run.policy.name, run.machines.count]);
    expect(runs).toEqual([
      ['fcfs', 2],
      ['easy', 2],
      ['fcfs', 4],
      ['easy', 4],
    ]);
  });

  it.each(['{"schema":"fairground/sweep@9","cells":[]}', 'null', '{"cells":5}'])(
    'is refused in one line when its list of runs is of another version: %s',
    async (text) => {
      const results = newFolder();
      writeFileSync(join(results, 'sweep.json'), text);
      expect(() => readSummaries(results)).toThrow(
        /sweep\.json: is not the list of runs of a sweep of this version/,
      );
    },
  );

  it('merges equal bytes from a copy of its cells', async () => {
    const [results, copy] = [newFolder(), newFolder()];
    const plan = await planOf(SMALL, [], trace);
    await runSweep(plan, { results, jobs: false });
    cpSync(join(results, 'cells'), join(copy, 'cells'), { recursive: true });
    expect(await runSweep(plan, { results: copy, jobs: false })).toMatchObject({ ran: 0, kept: 4 });
    expect(tablesIn(copy)).toEqual(tablesIn(results));
  });
});
