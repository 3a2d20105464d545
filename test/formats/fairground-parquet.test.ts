import { readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { ByteWriter, type ColumnSource, ParquetWriter, parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { ParameterValues, ResourceSpace } from '../../src/model/index.js';
import { csvText } from '../../src/workloads/formats/fairground-csv-text.js';
import { parquetBytes } from '../../src/workloads/formats/fairground-parquet-bytes.js';
import { formatOf } from '../../src/workloads/formats/index.js';
import { type RowSketch, rowsOf, traceOf } from '../../src/workloads/row-sketch.js';
import type { Trace } from '../../src/workloads/trace.js';
import { fileOf, readTrace } from './read-trace.js';

/** A Parquet file with these columns, as another program would write it. */
function parquetFile(name: string, columnData: ColumnSource[], rowGroupSize = 1000): string {
  return fileOf(name, new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize })));
}

async function joined(pieces: AsyncIterable<string | Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const piece of pieces) parts.push(Buffer.from(piece as string));
  return Buffer.concat(parts);
}

/** The rows of a trace, read back from a Parquet file and from a CSV file. */
async function bothForms(open: () => Trace) {
  const parquet = await readTrace(fileOf('both.parquet', await joined(parquetBytes(open))));
  const csv = await readTrace(fileOf('both.csv', await joined(csvText(open))));
  return { parquet, csv };
}

const text = fc.constantFrom('a', 'b,c', '"quoted"', ' blanks ', 'line\nfeed', 'ünï');

/** Times in whole microseconds up to a day, so that they are exact in seconds. */
const seconds = fc.integer({ min: 1, max: 86_400_000_000 }).map((micros) => micros / 1e6);

const sketch: fc.Arbitrary<RowSketch> = fc.record(
  {
    job: text,
    tasks: fc.integer({ min: 1, max: 5 }),
    needs: fc.record({ cpus: fc.integer({ min: 1, max: 64_000 }).map((milli) => milli / 1000) }),
    runs: fc.oneof(seconds, fc.constant(Number.POSITIVE_INFINITY)),
    estimate: seconds,
    timeLimit: seconds,
    priority: fc.integer({ min: 0, max: 9 }),
    failsAfter: seconds,
    user: text,
    queue: text,
    labels: fc.constantFrom({}, { team: 'ads', tier: '2' }),
    usage: fc.constantFrom([1, 0.5], [0.25, 0]),
  },
  { requiredKeys: ['needs'] },
);

describe('usage that is written', () => {
  it('has the digits of the file that it was read from', async () => {
    const lines = ['a,0,1,3,0.7', 'b,1,1,0.3,0.1', 'c,2,1,0.7,0:0.05|5:1.1', 'd,3,1,7,2.000001'];
    const path = fileOf('usage.csv', `job_id,submit,duration,cpus,used.cpus\n${lines.join('\n')}\n`);
    const format = await formatOf(path);
    const settings = new ParameterValues(format.parameters);
    const written = await joined(csvText(() => format.open(path, new ResourceSpace(['cpus']), settings)));
    const fields = Buffer.from(written).toString().trimEnd().split('\n').slice(1);
    expect(fields.map((line) => line.split(',').at(-1))).toEqual(['0.7', '0.1', '0:0.05|5:1.1', '2.000001']);
  });
});

describe('a Parquet file of a trace', () => {
  it('is read as the rows that were written, and as the CSV file of the same trace', async () => {
    const space = new ResourceSpace(['cpus', 'mem']);
    await fc.assert(
      fc.asyncProperty(fc.array(sketch, { minLength: 1, maxLength: 8 }), async (sketches) => {
        // Distinct times, so that rows of one name are jobs of their own.
        const rows = rowsOf(
          space,
          sketches.map((one, i) => ({ ...one, at: i + 1e-6, needs: { ...one.needs, mem: 512 } })),
        );
        const { parquet, csv } = await bothForms(() => traceOf(space, rows));
        expect(parquet).toEqual({ ...csv, format: 'parquet' });
        expect(parquet.rows.map(({ job, submit, duration }) => [job, submit, duration])).toEqual(
          rows.map(({ job, submit, duration }) => [job, submit / 1e6, duration / 1e6]),
        );
        expect(parquet.adjusted).toEqual({});
      }),
      { numRuns: 60 },
    );
  });

  it('has gangs as booleans, shares of several GPUs, rules and dependencies', async () => {
    const space = new ResourceSpace(['cpus', 'gpus']);
    const rows = rowsOf(space, [
      { job: 'train', needs: { cpus: 1 }, gpus: 4, gpuShare: 0.25, tasks: 2, gang: true, minimum: 1 },
      { job: 'flow', at: 1, needs: { cpus: 1 }, task: 'map' },
      {
        job: 'flow',
        at: 1,
        needs: { cpus: 1 },
        task: 'sort',
        after: ['map'],
        follows: 'train',
        thinkTime: 3,
      },
    ]);
    // What holds for a job stands in its first row, too.
    const flow = { follows: 'train', thinkTime: 3_000_000 };
    const fixed = rows.map((row, i) => (i === 1 ? { ...row, dependencies: { task: 'map', ...flow } } : row));
    const { parquet, csv } = await bothForms(() => traceOf(space, fixed));
    expect(parquet).toEqual({ ...csv, format: 'parquet' });
    // A quarter of each of four GPUs is 1000 quanta of the resource.
    expect(parquet.rows[0]).toMatchObject({
      demand: [1000, 1000],
      gpuCount: 4,
      gpuMilliEach: 250,
      gang: true,
    });
    expect(parquet.rows[0].minimum).toBe(1);
  });

  it('may have 64-bit integers, missing numbers as NaN, numbers as names, and more columns', async () => {
    const path = parquetFile('frame.parquet', [
      { name: 'job_id', data: [7n, 8n], type: 'INT64' },
      { name: 'submit', data: [0, 5], type: 'INT32' },
      { name: 'duration', data: [10.5, Number.POSITIVE_INFINITY], type: 'DOUBLE' },
      { name: 'cpus', data: [2n, 1n], type: 'INT64' },
      { name: 'estimate', data: [Number.NaN, 20], type: 'DOUBLE' },
      { name: 'gang', data: [1, null], type: 'INT32' },
      { name: 'colour', data: ['red', null], type: 'STRING' },
    ]);
    expect((await formatOf(path)).name).toBe('parquet');
    const { rows, adjusted } = await readTrace(path);
    expect(
      rows.map(({ job, submit, duration, demand, estimate, gang }) => [
        job,
        submit,
        duration,
        demand,
        estimate,
        gang,
      ]),
    ).toEqual([
      ['7', 0, 10.5, [2000], Number.POSITIVE_INFINITY, true],
      ['8', 5, Number.POSITIVE_INFINITY, [1000], 20, false],
    ]);
    expect(adjusted).toEqual({ 'unknown columns ignored: "colour"': 1 });
  });

  it('names the row of a mistake, counted over the row groups', async () => {
    const path = parquetFile(
      'late.parquet',
      [
        { name: 'job_id', data: ['a', 'b', 'c'] },
        { name: 'submit', data: [0, 1, 2], type: 'DOUBLE' },
        { name: 'duration', data: [1, 1, null], type: 'DOUBLE' },
        { name: 'cpus', data: [1, 1, 1], type: 'DOUBLE' },
      ],
      2,
    );
    await expect(readTrace(path)).rejects.toThrow(
      /late\.parquet:3: duration: found nothing, expected a number >= 0/,
    );
  });

  it('may be compressed otherwise than with Snappy', async () => {
    const writer = new ByteWriter();
    const schema = [
      { name: 'root', num_children: 4 },
      { name: 'job_id', type: 'BYTE_ARRAY' as const, converted_type: 'UTF8' as const },
      ...['submit', 'duration', 'cpus'].map((name) => ({ name, type: 'DOUBLE' as const })),
    ].map((element, i) => (i === 0 ? element : { ...element, repetition_type: 'REQUIRED' as const }));
    const compressors = { GZIP: (bytes: Uint8Array) => gzipSync(bytes) };
    const file = new ParquetWriter({ writer, schema, codec: 'GZIP', compressors });
    const numbers = Array.from({ length: 500 }, (_, i) => i + 1);
    file.write({
      columnData: [
        { name: 'job_id', data: numbers.map(String) },
        ...['submit', 'duration', 'cpus'].map((name) => ({ name, data: numbers })),
      ],
    });
    file.finish();
    const { rows } = await readTrace(fileOf('gzip.parquet', writer.getBytes()));
    expect(rows).toHaveLength(500);
    expect(rows[499]).toMatchObject({ job: '500', submit: 500, duration: 500 });
  });

  it('is refused in one sentence when it is damaged, nested, or lacks a column', async () => {
    const columns: ColumnSource[] = [
      { name: 'job_id', data: ['a'] },
      { name: 'submit', data: [0], type: 'DOUBLE' },
      { name: 'cpus', data: [1], type: 'DOUBLE' },
    ];
    const lacking = parquetFile('lacking.parquet', columns);
    await expect(readTrace(lacking)).rejects.toThrow('lacking.parquet: has no column "duration"');
    const whole = readFileSync(lacking);
    const cut = fileOf('cut.parquet', whole.subarray(0, whole.length - 5));
    await expect(readTrace(cut)).rejects.toThrow(/cut\.parquet: cannot be read as Parquet \(.*\)$/);
    writeFileSync(cut, 'job_id,submit\n');
    await expect(readTrace(cut, {}, 'parquet')).rejects.toThrow('cut.parquet: is not a Parquet file');
    await expect(readTrace('/absent.parquet', {}, 'parquet')).rejects.toThrow(
      '/absent.parquet: file not found',
    );
    const nested = parquetFile('nested.parquet', [
      ...columns,
      { name: 'duration', data: [{ seconds: 1 }], type: 'VARIANT' },
    ]);
    await expect(readTrace(nested)).rejects.toThrow('has the nested column "duration"');
  });
});
