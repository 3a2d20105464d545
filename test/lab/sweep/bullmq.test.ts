import { cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { PROJECT, simulate } from '../../cli/simulate-command.js';
import {
  cellsInTable,
  endAll,
  finishedCells,
  freePorts,
  hasPrograms,
  type Started,
  start,
  startSimulate,
  tablesOf,
} from './engine-processes.js';

const hasRedis = hasPrograms('redis-server');
if (!hasRedis) process.stderr.write('skipped: the tests of sweeps on BullMQ need redis-server\n');

const folder = mkdtempSync(join(tmpdir(), 'fairground-bullmq-'));
const STUDY = ['--policy', 'drf,silos', '--seeds', '1-4', '--until', '30m'];
const CELLS = 8;

let port: number;
let redis: string;
let server: Started;

async function startRedis(): Promise<void> {
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder];
  server = start('redis-server', args);
  await vi.waitFor(() => expect(server.text()).toContain('Ready to accept connections'), 60_000);
}

const sweep = (out: string, ...args: readonly string[]) =>
  startSimulate(['sweep', ...STUDY, '--out', out, '--engine', 'bullmq', '--redis', redis, ...args]);

const worker = (cwd?: string) =>
  startSimulate(['worker', '--redis', redis, '--workers', '1'], cwd === undefined ? {} : { cwd });

/** The jobs in the queue, by their state. */
async function jobs(): Promise<Record<string, number>> {
  const queue = new Queue('fairground', { connection: { host: '127.0.0.1', port } });
  try {
    return await queue.getJobCounts('wait', 'active', 'completed', 'failed');
  } finally {
    await queue.close();
  }
}

/** Halts a worker that is in the middle of a cell. */
async function haltInACell({ process }: Started): Promise<void> {
  await expect
    .poll(async () => {
      process.kill('SIGCONT');
      await delay(50);
      process.kill('SIGSTOP');
      return (await jobs()).active;
    })
    .toBe(1);
}

const EMPTY = { wait: 0, active: 0, completed: 0, failed: 0 };

describe.runIf(hasRedis)('a sweep on BullMQ', () => {
  const local = join(folder, 'local');

  beforeAll(() => {
    expect(simulate('sweep', ...STUDY, '--out', local)).toMatchObject({ code: 0, stderr: '' });
  }, 120_000);

  beforeAll(async () => {
    [port] = await freePorts(1);
    redis = `redis://127.0.0.1:${port}`;
    await startRedis();
  }, 60_000);

  afterEach(async () => {
    await endAll([server]);
    const { Redis } = await import('ioredis');
    const client = new Redis(redis);
    await client.flushall();
    client.disconnect();
  });

  afterAll(() => endAll());

  it('has every cell exactly once, although a worker is killed in the middle of a cell', async () => {
    const out = join(folder, 'killed');
    const producer = sweep(out);
    const first = worker();
    await expect.poll(() => finishedCells(out).length).toBeGreaterThanOrEqual(2);
    await haltInACell(first);
    first.process.kill('SIGKILL');
    expect(await first.ended).toBe('SIGKILL');
    const second = worker();
    expect([await producer.ended, producer.text()]).toEqual([
      0,
      expect.stringMatching(/^8 runs\. Tables in /),
    ]);
    expect(new Set(await cellsInTable(out)).size).toBe(CELLS);
    expect(tablesOf(out)).toEqual(tablesOf(local));
    expect(await jobs()).toEqual(EMPTY);
    second.process.kill('SIGTERM');
    expect(await second.ended).toBe(0);
  });

  it('ends with one line when Redis goes away, loses nothing, and goes on when it is back', async () => {
    const out = join(folder, 'away');
    const producer = sweep(out);
    const taker = worker();
    await expect.poll(() => finishedCells(out).length).toBeGreaterThanOrEqual(2);
    server.process.kill('SIGKILL');
    await server.ended;
    const line =
      /^simulate: --redis: no answer from 127\.0\.0\.1:\d+ \(.*\); finished runs are kept, and the same command goes on\n$/;
    expect([await producer.ended, producer.text().replace(/\n(?=.)/g, ' ')]).toEqual([
      2,
      expect.stringMatching(line),
    ]);
    expect([await taker.ended, taker.text()]).toEqual([2, expect.stringContaining('no answer from')]);
    const kept = finishedCells(out).length;
    expect(kept).toBeGreaterThanOrEqual(2);
    expect(kept).toBeLessThan(CELLS);

    await startRedis();
    worker();
    const again = sweep(out);
    expect([await again.ended, again.text()]).toEqual([
      0,
      expect.stringContaining(`${CELLS - kept} runs, ${kept} there already`),
    ]);
    expect(tablesOf(out)).toEqual(tablesOf(local));
  });

  it('goes on when Redis is back within ten seconds, although it has lost its data', async () => {
    const out = join(folder, 'back');
    const producer = sweep(out);
    const taker = worker();
    await expect.poll(() => finishedCells(out).length).toBeGreaterThanOrEqual(2);
    server.process.kill('SIGKILL');
    await server.ended;
    expect(finishedCells(out).length).toBeLessThan(CELLS);
    await delay(2000);
    await startRedis();
    expect([await producer.ended, producer.text()]).toEqual([
      0,
      expect.stringMatching(/^8 runs\. Tables in /),
    ]);
    expect(await cellsInTable(out)).toHaveLength(CELLS);
    expect(tablesOf(out)).toEqual(tablesOf(local));
    taker.process.kill('SIGTERM');
    expect(await taker.ended).toBe(0);
    expect(await jobs()).toEqual(EMPTY);
  });

  it('has the table of jobs of a sweep on one computer', async () => {
    const study = ['--policy', 'drf,fcfs', '--until', '10m', '--jobs'];
    const [alone, queued] = ['jobs-alone', 'jobs-queued'].map((name) => join(folder, name));
    expect(simulate('sweep', ...study, '--out', alone)).toMatchObject({ code: 0, stderr: '' });
    worker();
    const queue = ['--engine', 'bullmq', '--redis', redis];
    const producer = startSimulate(['sweep', ...study, '--out', queued, ...queue]);
    expect([await producer.ended, producer.text()]).toEqual([0, expect.stringContaining('jobs.parquet')]);
    const [expected, found] = [alone, queued].map((out) => readFileSync(join(out, 'jobs.parquet')));
    expect(found.equals(expected)).toBe(true);
    expect(tablesOf(queued)).toEqual(tablesOf(alone));
  });

  it('gets no result from a worker of another build, which ends with one line', async () => {
    const other = join(folder, 'another-build');
    cpSync(join(PROJECT, 'dist'), join(other, 'dist'), { recursive: true });
    for (const name of ['package.json', 'node_modules']) symlinkSync(join(PROJECT, name), join(other, name));
    writeFileSync(join(other, 'dist', '.source-hash'), 'f'.repeat(64));
    const out = join(folder, 'builds');
    const producer = sweep(out);
    const stranger = start(process.execPath, [
      join(other, 'dist', 'cli.js'),
      ...['worker', '--redis', redis, '--workers', '1'],
    ]);
    const line = /has another build of Fairground \([0-9a-f]{12}\) than the sweep \([0-9a-f]{12}\)/;
    expect(await stranger.ended).toBe(2);
    const said = stranger.text().replace(/\n(?=.)/g, ' ');
    expect(said).toMatch(line);
    expect(said.match(/simulate: /g)).toHaveLength(1);
    worker();
    expect(await producer.ended).toBe(0);
    expect(producer.text().replace(/\n(?=.)/g, ' ')).toMatch(line);
    expect(tablesOf(out)).toEqual(tablesOf(local));
  });

  it('that is interrupted takes its waiting cells out of the queue', async () => {
    const producer = sweep(join(folder, 'interrupted'));
    await expect.poll(async () => (await jobs()).wait).toBe(CELLS);
    producer.process.kill('SIGINT');
    expect(await producer.ended).toBe(130);
    expect(await jobs()).toEqual(EMPTY);
  });

  it('collects what finished while its command was away', async () => {
    const out = join(folder, 'collected');
    const killed = sweep(out);
    await expect.poll(async () => (await jobs()).wait).toBe(CELLS);
    killed.process.kill('SIGKILL');
    await killed.ended;
    worker();
    await expect.poll(async () => (await jobs()).completed).toBe(CELLS);
    expect(finishedCells(out)).toEqual([]);
    const producer = sweep(out);
    expect(await producer.ended).toBe(0);
    expect(tablesOf(out)).toEqual(tablesOf(local));
    expect(await jobs()).toEqual(EMPTY);
  });

  it('gets no result from a computer with another file, and the reason from its worker', async () => {
    const policy = (order: string) =>
      `export default () => ({ name: 'mine', schedule(view, actions) { /* ${order} */ } });\n`;
    const [here, there] = ['here', 'there'].map((name) => {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'mine.js'), policy(name));
      return join(folder, name);
    });
    const args = [
      '--policy',
      './mine.js',
      '--until',
      '10m',
      '--out',
      'out',
      '--engine',
      'bullmq',
      '--redis',
      redis,
    ];
    const producer = startSimulate(['sweep', ...args], { cwd: here });
    const stranger = worker(there);
    expect(await stranger.ended).toBe(2);
    expect(stranger.text()).toContain(
      'a file of the sweep, such as its trace or its policy, has another content on',
    );
    worker(here);
    expect([await producer.ended, producer.text()]).toEqual([
      0,
      expect.stringContaining('a worker ended: a file of'),
    ]);
  });

  it('reports a cell that fails, and does not try it again', async () => {
    const mine = join(folder, 'throws.js');
    writeFileSync(
      mine,
      "export default () => ({ name: 'throws', schedule() { throw new Error('no idea'); } });\n",
    );
    worker();
    const out = join(folder, 'failed');
    const queue = ['--engine', 'bullmq', '--redis', redis];
    const producer = startSimulate(['sweep', '--policy', mine, '--until', '10m', '--out', out, ...queue]);
    expect([await producer.ended, producer.text()]).toEqual([2, expect.stringContaining('no idea')]);
    expect(await jobs()).toEqual(EMPTY);
  });

  it('says in one line that Redis does not answer', () => {
    const args = ['sweep', ...STUDY, '--out', join(folder, 'none'), '--engine', 'bullmq', '--redis'];
    const { code, stderr } = simulate(...args, 'redis://:secret@127.0.0.1:1');
    expect([code, stderr]).toEqual([2, expect.stringContaining('no answer from 127.0.0.1:1 (ECONNREFUSED)')]);
    expect(stderr).not.toContain('secret');
    expect(simulate(...args, 'localhost').stderr).toContain('expected an address such as redis://host:6379');
  });
});
