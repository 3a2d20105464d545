import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { simulate, temporaryFolder } from './simulate-command.js';

/** `wide` waits for `first`; `late` would delay it under easy, and waits behind it under fcfs. */
const TRACE = `job_id,framework,submit,duration,cpus,estimate
first,batch,0,100,3,100
wide,batch,1,100,4,100
late,web,2,100,1,100
`;

const folder = temporaryFolder();
const trace = join(folder, 'trace.csv');
const out = join(folder, 'results');
const RUN = ['--trace', trace, '--machines', '1x4cpu', '--policy', 'fcfs,easy'];

describe('simulate explain', () => {
  let printed = '';

  beforeAll(() => {
    writeFileSync(trace, TRACE);
    const { code, stdout } = simulate(
      ...RUN,
      '--explain',
      'late',
      '--explain',
      'batch',
      '--out',
      out,
      '--quiet',
    );
    expect(code).toBe(0);
    printed = stdout.slice(stdout.indexOf('Job "'));
  });

  it('prints from a folder what the run printed, in 80 columns', () => {
    const { code, stdout, stderr } = simulate('explain', 'late', out);
    expect([code, stderr]).toEqual([0, '']);
    expect(Math.max(...stdout.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(80);
    const runs = stdout.split(/\n(?=Job )/);
    expect(runs.map((run) => run.split('\n')[0])).toEqual([
      'Job "late" of framework "web", policy easy, seed 1',
      'Job "late" of framework "web", policy fcfs, seed 1',
    ]);
    for (const run of runs) expect(printed).toContain(run.trimEnd());
    expect(stdout).toMatch(/behind job "wide"/);
    expect(stdout).toMatch(/delay job "wide"/);
  });

  it('prints the jobs of a framework, and those of one run', () => {
    const { stdout } = simulate('explain', 'batch', join(out, 'easy'));
    expect(stdout.match(/^Job .*/gm)).toEqual([
      'Job "first" of framework "batch", policy easy, seed 1',
      'Job "wide" of framework "batch", policy easy, seed 1',
    ]);
  });

  it('changes no byte of --json, summary.json and the tables', () => {
    const plain = join(folder, 'plain');
    const without = simulate(...RUN, '--out', plain, '--json');
    const asked = simulate(...RUN, '--explain', 'late', '--out', join(folder, 'asked'), '--json');
    expect(asked.stdout).toBe(without.stdout);
    for (const file of ['summary.json', 'jobs.csv', 'series.csv', 'machines.csv', 'schema.json'])
      expect(readFileSync(join(folder, 'asked', 'easy', file), 'utf8')).toBe(
        readFileSync(join(plain, 'easy', file), 'utf8'),
      );
  });

  it('removes the histories of an earlier run from its folder', () => {
    const again = join(folder, 'again');
    simulate(...RUN, '--explain', 'late', '--out', again, '--quiet');
    simulate(...RUN, '--out', again, '--quiet');
    expect(simulate('explain', 'late', again).stderr).toBe(
      `simulate: ${again}: has no explanations.json; simulate --explain JOB --out DIR writes it\n`,
    );
  });

  it.each([
    [
      [...RUN, '--explain', 'wdie'],
      '--explain: no job or framework is named "wdie" in the run with seed 1; the nearest names are "wide", "late", "web"',
    ],
    [
      ['explain', 'wide2', out],
      'job: these results have no history of "wide2"; the nearest names are "wide", "web", "first"',
    ],
    [['explain', 'wide', join(folder, 'nowhere')], `${join(folder, 'nowhere')}: no such file or folder`],
    [[...RUN, '--explain', ''], '--explain: found nothing, expected a value'],
  ])('refuses %j', (args, message) => {
    const { code, stderr } = simulate(...args);
    expect([code, stderr]).toEqual([2, `simulate: ${message}\n`]);
  });

  it('names a file that is damaged', () => {
    const file = join(out, 'easy', 'explanations.json');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('"reservation"', '"whim"'));
    expect(simulate('explain', 'late', join(out, 'easy')).stderr).toBe(
      `simulate: ${file}: is not a file of explanations of this version (fairground/explanations@1)\n`,
    );
    writeFileSync(file, text);
  });
});
