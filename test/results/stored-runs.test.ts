import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { performRun } from '../../src/lab/run/node/run-task.js';
import type { RunRecord } from '../../src/metrics/run-record.js';
import { findResults } from '../../src/results/files/find-results.js';
import { packedText, unpackedValue } from '../../src/results/files/packed-document.js';
import { readStoredRuns } from '../../src/results/files/read-stored-runs.js';
import { RECORD_FILE, writeRunList } from '../../src/results/files/stored-runs.js';
import { smallSpec } from '../lab/small-runs.js';

const newFolder = () => mkdtempSync(join(tmpdir(), 'fairground-stored-'));

/** A folder with runs of these policies under these seeds, in this order. */
async function stored(policies: readonly string[], seeds: readonly string[] = ['1']) {
  const folder = newFolder();
  const records: RunRecord[] = [];
  for (const policy of policies)
    for (const seed of seeds)
      records.push(
        await performRun({ spec: smallSpec({ policy, seed }), out: join(folder, policy, `seed-${seed}`) }),
      );
  return { folder, records };
}

const listed = (folder: string, records: readonly RunRecord[]) =>
  writeRunList(
    folder,
    records.map(({ summary }) => summary),
    { command: 'simulate', versus: 'drf' },
  );

/** Changes the document in a record file. */
function change(file: string, edit: (document: { schema: string; record: RunRecord }) => unknown): void {
  const document = unpackedValue(gunzipSync(readFileSync(file)).toString()) as {
    schema: string;
    record: RunRecord;
  };
  writeFileSync(file, gzipSync(packedText(edit(document))));
}

describe('stored runs', () => {
  it('read back as the records of the runs, in their order, with the command', async () => {
    const { folder, records } = await stored(['silos', 'drf'], ['2', '1']);
    listed(folder, records);
    const read = readStoredRuns(folder);
    expect(read.records).toEqual(records);
    expect(read.command).toBe('simulate');
    expect(read.versus).toBe('drf');
    expect(read.folders[0]).toBe(join(folder, 'silos', 'seed-2'));
  });

  it('are in the order of their paths, without a command, where the list does not know all of them', async () => {
    const { folder, records } = await stored(['silos', 'drf', 'bin-packing']);
    listed(folder, records.slice(0, 2));
    const read = readStoredRuns(folder);
    const names = read.records.map(({ summary }) => summary.run.policy.name);
    expect(names).toEqual(['silos', 'drf', 'bin-packing']);
    expect(read.command).toBeUndefined();
    rmSync(join(folder, 'runs.json'));
    const others = readStoredRuns(folder).records.map(({ summary }) => summary.run.policy.name);
    expect(others).toEqual(['bin-packing', 'drf', 'silos']);
  });

  it.each([
    ['cut', (file: string) => writeFileSync(file, readFileSync(file).subarray(0, 900)), /is damaged/],
    ['no archive', (file: string) => writeFileSync(file, 'hello'), /is damaged/],
    ['no document', (file: string) => writeFileSync(file, gzipSync('{')), /is damaged/],
    ['missing', (file: string) => rmSync(file), /has no record\.json\.gz, which a report needs/],
    [
      'of another version',
      (file: string) => change(file, (one) => ({ ...one, schema: 'fairground/record@0' })),
      /is no record of this version \(fairground\/record@1\)/,
    ],
    [
      'without its faults',
      (file: string) => change(file, ({ record: { faults: _, ...record }, ...one }) => ({ ...one, record })),
      /record\.faults: found nothing, expected keys with values/,
    ],
    [
      'of columns of different lengths',
      (file: string) =>
        change(file, ({ record, ...one }) => ({
          ...one,
          record: {
            ...record,
            series: {
              ...record.series,
              columns: record.series.columns.map((column, i) =>
                i === 0 ? { ...column, values: new Float64Array(1) } : column,
              ),
            },
          },
        })),
      /record\.series: columns of one length/,
    ],
    [
      'of another run',
      (file: string) =>
        change(file, ({ record, ...one }) => ({
          ...one,
          record: {
            ...record,
            summary: { ...record.summary, run: { ...record.summary.run, seed: '7' } },
          },
        })),
      /is the record of another run than summary\.json beside it/,
    ],
  ])('say in one line that a record is %s', async (_what, damage, message) => {
    const { folder } = await stored(['fcfs']);
    damage(join(folder, 'fcfs', 'seed-1', RECORD_FILE));
    expect(() => readStoredRuns(folder)).toThrow(message);
    expect(() => readStoredRuns(folder)).toThrow(/^.{1,300}make the runs? again with --out$/s);
  });

  it('do not follow a symbolic link', async () => {
    const { folder } = await stored(['fcfs']);
    const file = join(folder, 'fcfs', 'seed-1', RECORD_FILE);
    const elsewhere = join(newFolder(), 'elsewhere');
    renameSync(file, elsewhere);
    symlinkSync(elsewhere, file);
    expect(() => readStoredRuns(folder)).toThrow('has no record.json.gz');
  });
});

describe('the results below a folder', () => {
  it('are the folders of --out and of sweeps, each once, without those behind symbolic links', async () => {
    const { folder, records } = await stored(['silos', 'drf']);
    listed(folder, records);
    const root = newFolder();
    mkdirSync(join(root, 'deep'));
    renameSync(folder, join(root, 'deep', 'two policies'));
    const single = await stored(['fcfs']);
    renameSync(join(single.folder, 'fcfs', 'seed-1'), join(root, 'alone'));
    mkdirSync(join(root, 'study', 'cells', 'a'), { recursive: true });
    writeFileSync(join(root, 'study', 'cells', 'a', 'summary.json'), '{}');
    writeFileSync(
      join(root, 'study', 'sweep.json'),
      JSON.stringify({ axes: ['machines'], cells: [{ policy: 'drf' }, { policy: 'drf' }] }),
    );
    symlinkSync(single.folder, join(root, 'linked'));
    expect(findResults(root)).toEqual({
      results: [
        { path: 'alone', kind: 'runs', about: '' },
        { path: 'deep/two policies', kind: 'runs', about: 'silos, drf: 2 runs' },
        { path: 'study', kind: 'sweep', about: 'drf over machines: 2 runs' },
      ],
      isCut: false,
    });
    expect(readdirSync(root)).toContain('linked');
  });

  it('end at a depth, and the search says so', () => {
    const root = newFolder();
    mkdirSync(join(root, 'a/b/c/d/e/f/g'), { recursive: true });
    writeFileSync(join(root, 'a/b/c/d/e/f/g', 'summary.json'), '{}');
    expect(findResults(root)).toEqual({ results: [], isCut: true });
  });
});
