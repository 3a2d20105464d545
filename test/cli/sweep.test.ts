import { spawn } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RandomStreams } from '../../src/sim/random-streams.js';
import { newFolder, smallTrace, tablesIn } from '../lab/sweep/small-sweep.js';
import { PROJECT, simulate } from './simulate-command.js';

const CLI = join(PROJECT, 'dist', 'cli.js');
/** Moments at which a sweep is killed. All of them: FAIRGROUND_TEST_KILLS=50. */
const KILLS = Number(process.env.FAIRGROUND_TEST_KILLS ?? 5);

function sweepFile(text: string): string {
  const path = join(newFolder(), 'sweep.yaml');
  writeFileSync(path, text);
  return path;
}

/** Starts the command and kills it after a time in milliseconds. */
function killed(milliseconds: number, args: readonly string[]): Promise<void> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [CLI, ...args], { stdio: 'ignore' });
    const timer = setTimeout(() => child.kill('SIGKILL'), milliseconds);
    child.on('exit', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

describe('simulate sweep', () => {
  it('runs a file, prints what it did, and answers a query', () => {
    const out = newFolder();
    const file = sweepFile(
      `trace: ${smallTrace()}\npolicies: [fcfs, easy]\nmachines: [2x4cpu, 4x4cpu]\nseeds: 1-2\n`,
    );
    const { code, stdout, stderr } = simulate('sweep', file, '--out', out);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.replace(/\s+/g, ' ')).toBe(
      `8 runs. Tables in ${out}: runs.parquet, metrics.parquet, series.parquet `,
    );
  });
});

describe('a sweep that is killed', () => {
  it('has in the end the tables of one that was not, whenever it was killed', async () => {
    const trace = smallTrace();
    const args = (out: string) => [
      'sweep',
      '--trace',
      trace,
      '--policy',
      'fcfs,easy',
      '--seeds',
      '1-3',
      '--out',
      out,
      '--quiet',
      '--vary',
      'machines=2x4cpu,4x4cpu,8x4cpu',
    ];
    const undisturbed = newFolder();
    const started = Date.now();
    expect(simulate(...args(undisturbed)).code).toBe(0);
    const whole = Date.now() - started;
    const moments = new RandomStreams('kills').stream('moments');
    const out = newFolder();
    for (let kill = 0; kill < KILLS; kill++) await killed(whole * (0.2 + 0.8 * moments()), args(out));
    expect(simulate(...args(out))).toMatchObject({ code: 0, stderr: '' });
    expect(tablesIn(out)).toEqual(tablesIn(undisturbed));
    expect(readdirSync(out).filter((name) => /partial|lock/.test(name))).toEqual([]);
  }, 600_000);
});

describe('simulate query', () => {
  it('reads the tables of a sweep and the files of --out', () => {
    const [out, sweep] = [newFolder(), newFolder()];
    const trace = smallTrace();
    simulate('--trace', trace, '--policy', 'fcfs,easy', '--machines', '2x4cpu', '--out', out, '--quiet');
    simulate(
      'sweep',
      '--trace',
      trace,
      '--policy',
      'fcfs,easy',
      '--machines',
      '2x4cpu',
      '--out',
      sweep,
      '--quiet',
    );
    expect(simulate('query', 'select count(*) as jobs from jobs', out, '--csv').stdout).toBe('jobs\n80\n');
    const sql = 'select policy, "jobs.finished" as finished from runs order by policy';
    expect(JSON.parse(simulate('query', sql, sweep, '--json').stdout)).toEqual([
      { policy: 'easy', finished: 40 },
      { policy: 'fcfs', finished: 40 },
    ]);
    expect(simulate('query', sql, sweep).stdout).toBe(
      'policy  finished\n──────  ────────\neasy          40\nfcfs          40\n',
    );
    const wrong = simulate('query', 'select nothing from runs', sweep);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toMatch(
      /^simulate: .*Binder Error: .*"nothing".*\(tables: metrics, runs, series\)\n$/s,
    );
    expect(simulate('query', sql, newFolder()).stderr).toContain('contains no table');
  });
});

describe('a mistake in a sweep', () => {
  it('names the line of the file', () => {
    const file = sweepFile(`trace: ${smallTrace()}\nmachines: [2x4cpu, many]\n`);
    const { code, stderr } = simulate('sweep', file, '--out', newFolder());
    expect([code, stderr.split('\n').length]).toEqual([2, 2]);
    expect(stderr).toContain('many');
    const axis = sweepFile(`trace: ${smallTrace()}\nmachines: 2x4cpu\nexclude:\n  - machine: 2x4cpu\n`);
    expect(simulate('sweep', axis, '--out', newFolder()).stderr.replace(/\s+/g, ' ')).toBe(
      `simulate: ${axis}:4:5: exclude.0.machine: found "machine", expected an axis of this sweep: policy, seed `,
    );
  });

  it('is a missing folder, a wrong --vary, or a number of workers that is none', () => {
    const trace = ['--trace', smallTrace(), '--machines', '2x4cpu'];
    expect(simulate('sweep', ...trace).stderr).toContain(
      '--out: is missing; a sweep needs a folder for its results',
    );
    expect(simulate('sweep', ...trace, '--vary', 'machines', '--out', newFolder()).stderr).toContain(
      '--vary: found "machines", expected name=value,value',
    );
    expect(simulate('sweep', ...trace, '--workers', '0', '--out', newFolder()).stderr).toContain(
      '--workers: found "0", expected a whole number from 1 to 999',
    );
  });
});
