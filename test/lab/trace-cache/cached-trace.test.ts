import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchOf, bytesOf } from '../../../src/lab/trace-cache/batch-bytes.js';
import { cachePath } from '../../../src/lab/trace-cache/cache-folder.js';
import { cachedTrace } from '../../../src/lab/trace-cache/cached-trace.js';
import { formOf } from '../../../src/lab/trace-cache/convert.js';
import type { TraceForm } from '../../../src/lab/trace-cache/trace-form.js';
import {
  FOREVER,
  fromSeconds,
  InputError,
  ParameterValues,
  ResourceSpace,
} from '../../../src/model/index.js';
import type { OpenTrace } from '../../../src/workloads/formats/format.js';
import { formatOf } from '../../../src/workloads/formats/index.js';
import { rowAt, TaskBatch, type TaskRow } from '../../../src/workloads/trace.js';
import { fileOf } from '../../formats/read-trace.js';
import { rowsOf } from '../../traces-in-memory.js';
import { batchesOfRows, growingTrace, newFolder, SPACE, seenOf } from './traces-to-convert.js';

const converted = (open: () => OpenTrace, keeping: Parameters<typeof formOf>[2], horizon = FOREVER) =>
  formOf('key', { open, horizon, isUnchanged: async () => true }, keeping);

/** The form of a trace in memory, in a file that one read maps, and in a file that is read record by record. */
async function allForms(open: () => OpenTrace): Promise<TraceForm[]> {
  const folder = newFolder();
  const inMemory = await converted(open, { folder: undefined });
  await converted(open, { folder });
  const readBack = await converted(fail, { folder });
  return [inMemory, readBack, await converted(open, { folder, mappedBytes: 0 })];
}

const ROWS = [
  rowsOf(SPACE, [
    { at: 1, job: 'one', user: 'ann' },
    { at: 2, job: 2, labels: { team: 'ads' } },
  ]),
  rowsOf(SPACE, [{ at: 100, job: 'three', user: 'ann' }]),
  rowsOf(SPACE, [{ at: 200, job: 'four' }]),
];

/** Files of several batches, with every kind of column. */
const FILES = [
  [
    'unsorted.swf',
    [
      '; MaxProcs: 64',
      ...lines(
        (i) =>
          `${i} ${(i * 7) % 2500}.0000004 -1 ${i % 9} ${(i % 5) - 1} -1 -1 2 60 -1 ${i % 6} ${i % 7} 1 -1 2 ${i % 3} ${i % 50 === 49 && (i * 7) % 2500 > 49 ? 7 : -1} 5`,
      ),
    ].join('\n'),
  ],
  [
    'rich.csv',
    [
      'job_id,submit,duration,cpus,framework,constraint,spread,avoid,prefers,user,labels,follows,think_time,task,after,attempts,ended,used.cpus,other',
      ...lines(
        (i) =>
          `j${i},${i},${i % 4 === 0 ? 'forever' : i % 90},2,f${i >> 9},${i % 3 === 0 ? `rack=r${i >> 8}` : ''},${i % 5 === 0 ? 'rack<=3' : ''},${i % 7 === 0 ? 'f0|f1' : ''},${i % 11 === 0 ? '10*rack=r1' : ''},u${i % 20},team=t${i % 3},${i % 100 === 99 ? `j${i - 50}` : ''},${i % 100 === 99 ? 3 : ''},map,,${i % 13 === 0 ? '600:failed|120:evicted' : ''},${i % 17 === 0 ? 'killed' : ''},${i % 2 === 0 ? '0.5' : '0:0.5|600:1.2'},x`,
      ),
    ].join('\n'),
  ],
  [
    'list.csv',
    ['workload,submitted,tasks,duration,cpus,mem', ...lines((i) => `w${i % 3},${3000 - i},2,9,1,2`)].join(
      '\n',
    ),
  ],
] as const;

function lines(line: (i: number) => string): string[] {
  return Array.from({ length: 2500 }, (_, i) => line(i + 1));
}

describe('a converted trace', () => {
  it('has the rows, the frameworks and the counts of its reader at every batch, for traces with all facts', async () => {
    await fc.assert(
      fc.asyncProperty(batchesOfRows, fc.integer({ min: 1, max: 7 }), async (rows, most) => {
        const open = () => growingTrace(rows);
        for (const form of await allForms(open)) {
          expect(form.kind).not.toBe('none');
          expect(await seenOf(cachedTrace(open, async () => form))).toEqual(await seenOf(open()));
          expect(
            await seenOf(
              cachedTrace(open, async () => form),
              most,
            ),
          ).toEqual(await seenOf(open(), most));
        }
      }),
      { numRuns: 60 },
    );
  });

  it.each(FILES)('of %s has what its reader delivers', async (name, content) => {
    const path = fileOf(name, content);
    const format = await formatOf(path);
    const settings = new ParameterValues(format.parameters);
    const { resources } = await format.describeCluster(path, settings);
    const open = () => format.open(path, new ResourceSpace(resources), settings);
    for (const form of await allForms(open)) {
      expect(form.kind).not.toBe('none');
      for (const most of [1, 2, Number.POSITIVE_INFINITY])
        expect(
          await seenOf(
            cachedTrace(open, async () => form),
            most,
          ),
        ).toEqual(await seenOf(open(), most));
    }
  });

  it('is the reader itself where the trace has more than rows, such as a history', async () => {
    const trace = growingTrace(ROWS, { history: () => [] });
    expect(cachedTrace(() => trace, fail)).toBe(trace);
    const curved = growingTrace(ROWS, { curves: [undefined, { valueAt: () => 1 } as never] });
    expect(cachedTrace(() => curved, fail)).toBe(curved);
  });

  it('ends after the batch that passes the horizon, and the reader goes on for a look beyond it', async () => {
    const open = () => growingTrace(ROWS);
    const part = await converted(open, { folder: undefined }, fromSeconds(50));
    const whole = await converted(open, { folder: undefined });
    expect(lengthOf(part)).toBeLessThan(lengthOf(whole));
    expect(await seenOf(cachedTrace(open, async () => part))).toEqual(await seenOf(open()));
  });

  it('of a trace with a mistake is not kept, and each run meets the mistake at its place', async () => {
    const broken = () => growingTrace(ROWS, { batches: () => failing(ROWS[0]) });
    const folder = newFolder();
    const form = await converted(broken, { folder });
    expect(form).toEqual({ kind: 'none' });
    expect(readdirSync(folder)).toEqual([]);
    await expect(seenOf(cachedTrace(broken, async () => form))).rejects.toThrow('line 7 is wrong');
    expect(
      await seenOf(
        cachedTrace(broken, async () => form),
        1,
      ),
    ).toHaveLength(2);
  });

  it('is not kept when the file of the trace changes meanwhile', async () => {
    const folder = newFolder();
    const trace = { open: () => growingTrace(ROWS), horizon: FOREVER, isUnchanged: async () => false };
    expect(await formOf('key', trace, { folder })).toEqual({ kind: 'none' });
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('the file of a converted trace', () => {
  const open = () => growingTrace(ROWS);

  it.each([
    ['is cut', (path: string) => truncateSync(path, readFileSync(path).length - 9)],
    ['is empty', (path: string) => truncateSync(path, 0)],
    ['has a changed byte', (path: string) => changeByte(path, 200)],
    ['has a changed end', (path: string) => changeByte(path, -60)],
  ])('is made again when it %s', async (_what, damage) => {
    const folder = newFolder();
    const path = cachePath(folder, 'key');
    await converted(open, { folder });
    const content = readFileSync(path);
    damage(path);
    // A long file is checked only while it is read. The reader goes on where the damage begins, and the file is removed.
    const long: TraceForm = { kind: 'file', path };
    expect(await seenOf(cachedTrace(open, async () => long))).toEqual(await seenOf(open()));
    expect(readdirSync(folder)).toEqual([]);
    writeFileSync(path, content);
    damage(path);
    const again = await converted(open, { folder });
    expect(await seenOf(cachedTrace(open, async () => again))).toEqual(await seenOf(open()));
    expect(readFileSync(path).equals(content)).toBe(true);
  });

  it('is complete or absent: its partial name goes with the end of the conversion', async () => {
    const folder = newFolder();
    await converted(open, { folder });
    expect(readdirSync(folder)).toEqual(['key.rows']);
  });

  it('is left out where the folder cannot be written, and the form is in memory', async () => {
    const file = join(newFolder(), 'file');
    writeFileSync(file, '');
    expect((await converted(open, { folder: join(file, 'below') })).kind).toBe('mapped');
  });

  it('is needed for a form that is too long for memory', async () => {
    const folder = newFolder();
    expect((await converted(open, { folder, mappedBytes: 100 })).kind).toBe('file');
    expect((await converted(open, { folder: undefined, mappedBytes: 100 })).kind).toBe('none');
  });
});

describe('a batch as bytes', () => {
  it('keeps each column with one value as that value', () => {
    const plainRows = (count: number) =>
      batchFrom(
        rowsOf(
          SPACE,
          Array.from({ length: count }, () => ({ job: 'a' })),
        ),
      );
    const [few, many] = [bytesOf(plainRows(10), {}), bytesOf(plainRows(1000), {})];
    // Only the codes of the names of jobs, of 4 bytes, grow with the rows.
    expect(many.length - few.length).toBeLessThan(990 * 4 + 100);
  });

  it('keeps negative zero and NaN', () => {
    const batch = batchFrom(rowsOf(SPACE, [{ usage: [-0, Number.NaN, 1] }, { usage: [0, 0, 0] }]));
    expect(Object.is(rowAt(batchOf(bytesOf(batch, {})).batch, 0).usage?.[0], -0)).toBe(true);
  });
});

function batchFrom(rows: readonly TaskRow[]): TaskBatch {
  const batch = new TaskBatch(SPACE.size, rows.length);
  for (const row of rows) batch.push(row);
  return batch;
}

async function* failing(rows: readonly TaskRow[]): AsyncGenerator<TaskBatch> {
  yield batchFrom(rows);
  throw new InputError({}, 'line 7 is wrong');
}

function fail(): never {
  throw new Error('must not be called');
}

function lengthOf(form: TraceForm): number {
  return form.kind === 'mapped' ? form.bytes.byteLength : Number.NaN;
}

function changeByte(path: string, at: number): void {
  const bytes = readFileSync(path);
  const place = (at + bytes.length) % bytes.length;
  bytes[place] ^= 0x10;
  writeFileSync(path, bytes);
}
