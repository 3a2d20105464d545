import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { discardPartialFiles, performRun } from '../../src/lab/run/node/run-task.js';
import type { RunSpec } from '../../src/lab/run/run-spec.js';
import { compareRuns } from '../../src/results/comparison.js';
import { readSummaries, summaryFiles } from '../../src/results/files/read-summary.js';
import {
  checkWritable,
  partialPath,
  ResultFile,
  withoutEmptyFolders,
  writeResult,
} from '../../src/results/files/result-files.js';
import { summaryText } from '../../src/results/files/stored-runs.js';
import { resultsText } from '../../src/results/results-document.js';
import { smallSpec, summaryOf } from '../lab/small-runs.js';

const newFolder = () => mkdtempSync(join(tmpdir(), 'fairground-results-'));

/** A run that breaks in its middle: the second job is out of order. */
function brokenSpec(): RunSpec {
  const path = join(newFolder(), 'broken.csv');
  writeFileSync(path, 'job_id,submit,duration,cpus\na,5,1,1\nb,4,1,1\n');
  return { policy: 'fcfs', workload: { kind: 'trace', path }, machines: '1x4cpu', seed: '1', set: {} };
}

describe('a result file', () => {
  it('stands under its name only when it is complete', () => {
    const path = join(newFolder(), 'deep', 'er', 'jobs.csv');
    const file = new ResultFile(path);
    file.write('a\n');
    expect([existsSync(path), existsSync(partialPath(path))]).toEqual([false, true]);
    file.write('b\n');
    file.finish();
    expect(readFileSync(path, 'utf8')).toBe('a\nb\n');
    expect(existsSync(partialPath(path))).toBe(false);
  });

  it('keeps what stood there until then, and for good when it is discarded', () => {
    const path = join(newFolder(), 'jobs.csv');
    writeFileSync(path, 'before');
    const file = new ResultFile(path);
    file.write('x'.repeat(200_000));
    expect(readFileSync(path, 'utf8')).toBe('before');
    file.discard();
    expect(readFileSync(path, 'utf8')).toBe('before');
    expect(existsSync(partialPath(path))).toBe(false);
    writeResult(path, 'after');
    expect(readFileSync(path, 'utf8')).toBe('after');
  });

  it('holds all that was written, in order, however large', () => {
    const path = join(newFolder(), 'large.csv');
    const file = new ResultFile(path);
    const lines = Array.from({ length: 40_000 }, (_, i) => `line ${i} é\n`);
    for (const line of lines) file.write(line);
    file.finish();
    expect(readFileSync(path, 'utf8')).toBe(lines.join(''));
  });

  it('may be discarded after it was finished, and is finished then', () => {
    const path = join(newFolder(), 'jobs.csv');
    const file = new ResultFile(path);
    file.finish();
    expect(() => file.discard()).not.toThrow();
    expect(readFileSync(path, 'utf8')).toBe('');
  });

  it.each([
    ['below a file', (folder: string) => join(folder, 'file', 'jobs.csv'), /(is a file|is not a folder)\)$/],
    [
      'in place of a folder',
      (folder: string) => join(folder, 'taken'),
      /taken: cannot be written \(it is a folder\)$/,
    ],
  ])('%s is refused before anything is computed', (_what, path, message) => {
    const folder = newFolder();
    writeFileSync(join(folder, 'file'), '');
    mkdirSync(join(folder, 'taken'));
    expect(() => new ResultFile(path(folder))).toThrow(message);
    expect(() => writeResult(path(folder), 'text')).toThrow(message);
    expect(readdirSync(folder).sort()).toEqual(['file', 'taken']);
  });

  it('needs a place that can be written, and the check makes nothing', () => {
    const folder = newFolder();
    checkWritable(join(folder, 'new', 'deep'), 'folder');
    checkWritable(join(folder, 'new', 'report.html'), 'file');
    expect(readdirSync(folder)).toEqual([]);
    writeFileSync(join(folder, 'file'), '');
    expect(() => checkWritable(join(folder, 'file'), 'folder')).toThrow(/file: cannot be written/);
    expect(() => checkWritable(join(folder, 'file', 'in', 'it'), 'file')).toThrow(/cannot be written/);
    expect(() => checkWritable(folder, 'file')).toThrow(/cannot be written \(it is a folder\)/);
  });

  it('leaves no empty folder behind when what should fill it fails, and keeps what was there', async () => {
    const folder = newFolder();
    const out = join(folder, 'out');
    const failing = async () => {
      mkdirSync(join(out, 'drf'), { recursive: true });
      throw new Error('no');
    };
    await expect(withoutEmptyFolders([join(out, 'drf')], failing)).rejects.toThrow('no');
    expect(readdirSync(folder)).toEqual([]);
    mkdirSync(out);
    await expect(withoutEmptyFolders([join(out, 'drf')], failing)).rejects.toThrow('no');
    expect(readdirSync(folder)).toEqual(['out']);
  });
});

describe('the files of a run', () => {
  it('are the summary, jobs, series, machines and the record, and stand there when it is over', async () => {
    const out = join(newFolder(), 'out');
    const { summary } = await performRun({ spec: smallSpec(), out });
    expect(readdirSync(out).sort()).toEqual([
      'jobs.csv',
      'machines.csv',
      'record.json.gz',
      'schema.json',
      'series.csv',
      'summary.json',
    ]);
    expect(readFileSync(join(out, 'summary.json'), 'utf8')).toBe(summaryText(summary));
    const [header, ...jobs] = readFileSync(join(out, 'jobs.csv'), 'utf8').trimEnd().split('\n');
    expect(header).toBe(
      'job_id,framework,submit,start,end,tasks,outcome,reason,critical_path,policy,seed,user,cpus,mem,disk,time_limit,wait,run,slowdown',
    );
    expect(jobs).toHaveLength(summary.jobs.submitted);
    const machines = readFileSync(join(out, 'machines.csv'), 'utf8').trimEnd().split('\n');
    expect(machines).toHaveLength(1 + summary.run.machines.count);
  });

  it('are the same to the byte when the run is made again', async () => {
    const [a, b] = [join(newFolder(), 'a'), join(newFolder(), 'b')];
    await performRun({ spec: smallSpec(), out: a, eventsOut: join(a, 'events.csv') });
    await performRun({ spec: smallSpec(), out: b, eventsOut: join(b, 'events.csv') });
    for (const name of readdirSync(a))
      expect(readFileSync(join(b, name), 'utf8'), name).toBe(readFileSync(join(a, name), 'utf8'));
  });

  it('are none when it fails: what had been begun is removed', async () => {
    const out = newFolder();
    const task = {
      spec: brokenSpec(),
      out,
      jobsOut: join(out, 'more.csv'),
      eventsOut: join(out, 'events.csv'),
    };
    await expect(performRun(task)).rejects.toThrow(/broken\.csv:3: submit: found "4"/);
    expect(readdirSync(out)).toEqual([]);
  });

  it('are none when it is stopped from outside', async () => {
    const out = newFolder();
    const stop = () => {
      throw new Error('stop');
    };
    await expect(performRun({ spec: smallSpec(), out }, { pause: stop })).rejects.toThrow('stop');
    expect(readdirSync(out)).toEqual([]);
  });

  it('say what is wrong with their place in one line, whichever of them it is', async () => {
    const out = newFolder();
    mkdirSync(join(out, 'taken'));
    for (const places of [
      { jobsOut: join(out, 'taken') },
      { jobsOut: join(out, 'jobs.csv'), eventsOut: join(out, 'taken') },
    ]) {
      await expect(performRun({ spec: smallSpec(), ...places })).rejects.toThrow(
        /taken: cannot be written \(it is a folder\)$/,
      );
      expect(readdirSync(out)).toEqual(['taken']);
    }
  });

  it('that a killed worker left half-written can be removed by those who know the task', () => {
    const out = newFolder();
    const task = {
      spec: smallSpec(),
      out,
      jobsOut: join(out, 'more.csv'),
      eventsOut: join(out, 'events.csv'),
    };
    for (const name of ['jobs.csv', 'more.csv', 'events.csv'])
      writeFileSync(partialPath(join(out, name)), 'half');
    writeFileSync(join(out, 'jobs.csv'), 'whole');
    discardPartialFiles(task);
    expect(readdirSync(out)).toEqual(['jobs.csv']);
  });
});

describe('reading summaries', () => {
  it('finds one in a file, several in a file, and all below a folder in order of their paths', async () => {
    const [one, two] = [await summaryOf(smallSpec()), await summaryOf(smallSpec({ seed: '2' }))];
    const folder = newFolder();
    for (const [place, summary] of [
      ['drf/seed-2', two],
      ['drf/seed-1', one],
      ['', one],
    ] as const) {
      mkdirSync(join(folder, place), { recursive: true });
      writeFileSync(join(folder, place, 'summary.json'), summaryText(summary));
    }
    writeFileSync(join(folder, 'both.json'), JSON.stringify([two, one]));
    writeFileSync(join(folder, 'document.json'), resultsText([two, one], compareRuns([two, one])));
    writeFileSync(join(folder, 'other.json'), '{}');
    expect(summaryFiles(folder).map((path) => path.slice(folder.length + 1))).toEqual([
      'drf/seed-1/summary.json',
      'drf/seed-2/summary.json',
      'summary.json',
    ]);
    expect(readSummaries(folder)).toEqual([one, two, one]);
    expect(readSummaries(join(folder, 'drf', 'seed-2', 'summary.json'))).toEqual([two]);
    expect(readSummaries(join(folder, 'both.json'))).toEqual([two, one]);
    expect(readSummaries(join(folder, 'document.json'))).toEqual([two, one]);
  });

  it.each([
    ['text', 'hello', /: is not JSON \(/],
    ['another document', '{"a": 1}', /: schema: is not a summary of this version/],
    [
      'results of another version',
      '{"schema": "fairground/results@9", "runs": []}',
      /: schema: is not a summary of this version/,
    ],
    ['results without runs', '{"schema": "fairground/results@1", "runs": []}', /: contains no summary/],
    ['nothing in a list', '[]', /: contains no summary/],
    ['a list with something else', '[3]', /: the document: is not a summary of this version/],
    ['null', 'null', /: the document: is not a summary of this version/],
  ])('refuses %s', (_what, text, message) => {
    const path = join(newFolder(), 'wrong.json');
    writeFileSync(path, text);
    expect(() => readSummaries(path)).toThrow(message);
    expect(() => readSummaries(path)).toThrow(path);
  });

  it('names the field that is wrong', async () => {
    const path = join(newFolder(), 'wrong.json');
    const summary = structuredClone(await summaryOf(smallSpec())) as unknown as { wait: { mean: unknown } };
    summary.wait.mean = 'long';
    writeFileSync(path, JSON.stringify(summary));
    expect(() => readSummaries(path)).toThrow(/wrong\.json: wait\.mean: is not a summary of this version/);
  });

  it('reads a summary of version 1 with its old keys, and notes it', async () => {
    const path = join(newFolder(), 'summary.json');
    const faults = ['at 10m: drain machine machine-3 within 5m for 10m'];
    const summary = await summaryOf(smallSpec({ failures: { faults } }));
    expect(summary.operations?.drains).toHaveLength(1);
    writeFileSync(
      path,
      JSON.stringify(summary)
        .replace('"operations":{"rollouts"', '"dayTwo":{"rollouts"')
        .replace('summary@2', 'summary@1'),
    );
    const notes: string[] = [];
    expect(readSummaries(path, (line) => notes.push(line))).toEqual([summary]);
    expect(notes).toEqual([
      `note: ${path}: written by an earlier version, which computed shares of the capacity, down time, lost work and slowdowns differently`,
    ]);
  });

  it('refuses a place without any', () => {
    expect(() => readSummaries(newFolder())).toThrow(
      /: no results in this folder, expected summary\.json, POLICY\/summary\.json/,
    );
    const around = newFolder();
    mkdirSync(join(around, 'a', 'b', 'c'), { recursive: true });
    writeFileSync(join(around, 'a', 'b', 'c', 'summary.json'), '{}');
    expect(() => readSummaries(around)).toThrow(/: no results in this folder/);
    expect(() => readSummaries('/nope')).toThrow('/nope: no such file or folder');
  });
});
