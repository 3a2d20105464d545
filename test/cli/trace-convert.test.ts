import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { simulate, temporaryFolder } from './simulate-command.js';

const LOG =
  '; MaxProcs: 4\n1 100 -1 50 2 -1 -1 2 60 -1 1 7 1 -1 1 1 -1 -1\n2 0 -1 0 4 -1 -1 4 80 -1 1 8 1 -1 1 1 -1 -1\n';

describe('simulate trace convert', () => {
  it('says what it wrote, what it left out, and the command of the replay, which gives the same events', () => {
    const folder = temporaryFolder();
    const at = (name: string) => join(folder, name);
    writeFileSync(at('log.swf'), LOG);
    const made = simulate('trace', 'convert', at('log.swf'), at('log.parquet'));
    expect(made).toMatchObject({ code: 0, stderr: '' });
    expect(made.stdout).toContain(`${at('log.parquet')}: 1 jobs, 1 tasks, submitted over 0 s; `);
    expect(made.stdout).toContain('left out: 1 jobs (no run time)\n');
    const [, replay] = /^replay: simulate (.*)$/m.exec(made.stdout) as unknown as [string, string];
    expect(simulate(...replay.split(' '), '--events-out', at('again.csv')).code).toBe(0);
    simulate('--policy', 'fcfs', '--trace', at('log.swf'), '--events-out', at('first.csv'));
    expect(readFileSync(at('again.csv'), 'utf8')).toBe(readFileSync(at('first.csv'), 'utf8'));
  });

  it('refuses a file that exists, in one line', () => {
    const out = join(temporaryFolder(), 'there.csv');
    writeFileSync(out, 'old');
    const { code, stderr } = simulate('trace', 'convert', 'traces/short-jobs.csv', out);
    expect(code).toBe(2);
    expect(stderr).toBe(`simulate: ${out}: exists already; --force replaces it\n`);
    expect(simulate('trace', 'convert', 'traces/short-jobs.csv', out, '--force').code).toBe(0);
  });
});

describe('a CSV trace out of order', () => {
  it('is read with the setting that its message names, by each command', () => {
    const folder = temporaryFolder();
    const file = join(folder, 'unsorted.csv');
    writeFileSync(file, 'job_id,submit,duration,cpus\na,5,1,1\nb,0,1,1\n');
    const { code, stderr } = simulate('trace', 'validate', file);
    const [, setting] = /let (--set \S+) do it/.exec(stderr) ?? [];
    expect([code, setting]).toEqual([2, '--set csv.order=any']);
    const set = (setting as string).split(' ');
    expect(simulate('trace', 'validate', file, ...set).stdout).toContain('valid csv, 2 jobs');
    expect(simulate('trace', 'describe', file, ...set).code).toBe(0);
    // The policy has a parameter `order`, too.
    expect(simulate('--policy', 'fcfs', '--trace', file, '--machines', '1x4cpu', ...set).code).toBe(0);
  });
});

describe('the work in a description of a trace', () => {
  it('is not shown as 0 where it is small', () => {
    const file = join(temporaryFolder(), 'small.csv');
    writeFileSync(file, 'job_id,submit,duration,cpus,mem\na,0,60,1,100000\n');
    // A core-minute, and 100,000 MiB-minutes.
    expect(simulate('trace', 'describe', file).stdout).toContain('work: 0.017 core-hours, 1,667 MiB-hours');
  });
});
