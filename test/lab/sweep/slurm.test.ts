import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { simulate } from '../../cli/simulate-command.js';
import {
  cellsInTable,
  endAll,
  finishedCells,
  hasPrograms,
  startSimulate,
  tablesOf,
} from './engine-processes.js';
import { LARGEST_ARRAY, type PrivateSlurm, SLURM_PROGRAMS, startSlurm } from './private-slurm.js';

const hasSlurm = hasPrograms(...SLURM_PROGRAMS);
if (!hasSlurm)
  process.stderr.write(`skipped: the tests of sweeps on Slurm need ${SLURM_PROGRAMS.join(', ')}\n`);

const folder = mkdtempSync(join(tmpdir(), 'fairground-slurm-'));
const STUDY = ['--policy', 'drf,silos', '--seeds', '1-3', '--until', '30m'];
const CELLS = 6;

/** Processes of this computer that run cells of a folder of results. */
function workersOf(results: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const args = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0');
        return args[0] === process.execPath && args.includes(join(results, 'slurm', 'cells.json'));
      } catch {
        return false;
      }
    })
    .map(Number);
}

describe.runIf(hasSlurm)('a sweep on Slurm', () => {
  let slurm: PrivateSlurm;
  const sweep = (out: string, study: readonly string[] = STUDY) =>
    startSimulate(['sweep', ...study, '--out', out, '--engine', 'slurm'], { env: slurm.env });

  beforeAll(async () => {
    slurm = await startSlurm(mkdtempSync(join(folder, 'cluster-')), 3);
  }, 120_000);

  afterAll(async () => {
    // The process of a task would outlive the daemon of its machine.
    await vi.waitFor(() => expect(slurm.tasks()).toEqual([]), 30_000);
    await endAll();
  }, 60_000);

  it('has every cell exactly once, although a worker is killed in the middle of a cell', async () => {
    const out = join(folder, 'killed');
    const producer = sweep(out);
    let killed = 0;
    await expect
      .poll(() => {
        const [worker] = workersOf(out);
        if (worker === undefined) return 0;
        killed = worker;
        process.kill(worker, 'SIGKILL');
        return worker;
      })
      .toBeGreaterThan(0);
    expect([await producer.ended, producer.text()]).toEqual([
      0,
      expect.stringMatching(/^submits 1 run again that ended without a result\n6 runs\. Tables in /),
    ]);
    expect(killed).toBeGreaterThan(0);
    expect(new Set(await cellsInTable(out)).size).toBe(CELLS);
    const local = join(folder, 'local');
    expect(simulate('sweep', ...STUDY, '--out', local).code).toBe(0);
    expect(tablesOf(out)).toEqual(tablesOf(local));
    expect(slurm.tasks()).toEqual([]);
  });

  it('has several cells in a task when there are more than this Slurm allows tasks', async () => {
    const study = ['--policy', 'drf,fcfs', '--seeds', '1-4', '--until', '5m', '--jobs'];
    const [out, local] = ['several', 'several-local'].map((name) => join(folder, name));
    const producer = sweep(out, study);
    await expect.poll(() => existsSync(join(out, 'slurm', 'cells.json'))).toBe(true);
    const { parts, cells } = JSON.parse(readFileSync(join(out, 'slurm', 'cells.json'), 'utf8'));
    expect([parts, cells.length]).toEqual([LARGEST_ARRAY, 8]);
    expect([await producer.ended, producer.text()]).toEqual([
      0,
      expect.stringMatching(/^8 runs\. Tables in /),
    ]);
    expect(simulate('sweep', ...study, '--out', local).code).toBe(0);
    expect(tablesOf(out)).toEqual(tablesOf(local));
    const jobs = (results: string) => readFileSync(join(results, 'jobs.parquet'));
    expect(jobs(out).equals(jobs(local))).toBe(true);
  });

  it('that is interrupted cancels its tasks', async () => {
    const out = join(folder, 'interrupted');
    const producer = sweep(out);
    await expect.poll(() => slurm.tasks().length).toBeGreaterThan(0);
    producer.process.kill('SIGINT');
    expect(await producer.ended).toBe(130);
    await expect.poll(() => slurm.tasks()).toEqual([]);
    expect(workersOf(out)).toEqual([]);
    expect(finishedCells(out).length).toBeLessThan(CELLS);
  });

  it('reports a cell that fails, and does not submit it again', async () => {
    const mine = join(folder, 'throws.js');
    writeFileSync(
      mine,
      "export default () => ({ name: 'throws', schedule() { throw new Error('no idea'); } });\n",
    );
    const producer = sweep(join(folder, 'failed'), ['--policy', mine, '--until', '10m']);
    expect([await producer.ended, producer.text()]).toEqual([2, expect.stringContaining('no idea')]);
    expect(producer.text()).not.toContain('submits');
  });
});

describe('a sweep on Slurm where there is none', () => {
  it('says so in one line', async () => {
    const out = join(folder, 'none');
    const ended = startSimulate(['sweep', ...STUDY, '--out', out, '--engine', 'slurm'], {
      env: { PATH: '/nowhere' },
    });
    expect([await ended.ended, ended.text().replace(/\n(?=.)/g, ' ')]).toEqual([
      2,
      'simulate: --engine slurm needs the command scancel of Slurm, which is not installed here\n',
    ]);
  });
});
