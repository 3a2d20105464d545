import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { simulate, temporaryFolder } from './simulate-command.js';

describe('simulate trace generate', () => {
  it('writes a trace and its machines, which a run takes', () => {
    const folder = temporaryFolder();
    const [out, machines] = [join(folder, 'month.csv.gz'), join(folder, 'machines.csv')];
    const sizes = ['--scale', '0.001', '--jobs', '500000', '--days', '2', '--seed', '7'];
    const made = simulate(
      'trace',
      'generate',
      'google-2011',
      ...sizes,
      '--out',
      out,
      '--machines-out',
      machines,
    );
    expect(made).toMatchObject({ code: 0, stderr: '' });
    expect(made.stdout).toMatch(
      /month\.csv\.gz: 500 jobs, 25,000 tasks, submitted over 2d; .*: 13 machines\n$/,
    );
    expect(readFileSync(machines, 'utf8')).toMatch(/^count,cpus,mem,platform\n/);
    const run = simulate(
      '--trace',
      out,
      '--machines',
      machines,
      '--policy',
      'fcfs',
      '--until',
      '1h',
      '--json',
    );
    expect(run.code).toBe(0);
    expect(JSON.parse(run.stdout).runs[0].run.machines.count).toBe(13);
  });

  it.each([
    ['an unknown workload', ['nope'], /unknown workload "nope", expected one of smack, google-2011/],
    ['a size that the workload does not have', ['smack', '--scale', '2'], /unknown parameter "scale"/],
    ['a size that is no number', ['google-2011', '--tasks', 'many'], /--tasks: found "many", expected/],
    [
      'a size that is said twice',
      ['google-2011', '--days', '1', '--set', 'days=2'],
      /--days: is also given by --set days/,
    ],
  ])('refuses %s in one line', (_what, args, message) => {
    const out = join(temporaryFolder(), 'x.csv');
    const { code, stderr } = simulate('trace', 'generate', ...args, '--out', out);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});
