import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ParameterValues, ResourceSpace } from '../../src/model/index.js';
import type { OpenTrace } from '../../src/workloads/formats/format.js';
import { formatOf } from '../../src/workloads/formats/index.js';
import { ReadMeter, readLines } from '../../src/workloads/formats/text-file.js';
import { fileOf } from './read-trace.js';

const ROWS = 8000;

/** Text that gzip cannot make much smaller, so that a packed file is long too. */
const noise = (row: number) =>
  [1, 2, 3, 4, 5].map((part) => createHash('sha512').update(`${row}/${part}`).digest('hex')).join('');

const generated = (header: string, line: (row: number) => string) =>
  header + Array.from({ length: ROWS }, (_, row) => line(row)).join('');

const SWF = generated(
  '; MaxProcs: 64\n',
  (i) => `${i} ${i} -1 60 1 -1 -1 1 60 -1 1 1 1 -1 1 -1 -1 -1 ${noise(i)}\n`,
);
const CSV = generated('job_id,submit,duration,cpus\n', (i) => `${noise(i)},${i},60,1\n`);
const PODS = generated(
  'name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,creation_time,deletion_time\n',
  (i) => `${noise(i)},100,100,0,0,,${i},${i + 60}\n`,
);

const FILES: readonly (readonly [string, string | Uint8Array])[] = [
  ['long.swf', SWF],
  ['long.swf.gz', gzipSync(SWF, { level: 1 })],
  ['long.csv', CSV],
  ['long.csv.gz', gzipSync(CSV, { level: 1 })],
  ['pods.csv', PODS],
];

async function opened(path: string): Promise<OpenTrace> {
  const format = await formatOf(path);
  const settings = new ParameterValues(format.parameters);
  const { resources } = await format.describeCluster(path, settings);
  return format.open(path, new ResourceSpace(resources), settings);
}

describe('a trace is read a batch at a time', () => {
  it.each(FILES)(
    'the first batch of %s is there before half of the file has been read',
    async (name, content) => {
      const trace = await opened(fileOf(name, content));
      const batches = (trace.batches() as AsyncIterable<{ length: number }>)[Symbol.asyncIterator]();
      expect(trace.meter.share).toBe(0);
      const first = await batches.next();
      expect(first.value.length).toBeGreaterThan(0);
      expect(first.value.length).toBeLessThanOrEqual(1024);
      expect(trace.meter.share).toBeGreaterThan(0);
      expect(trace.meter.share).toBeLessThan(0.5);
      await batches.return?.();
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(trace.meter.share, 'a closed reader reads no further').toBeLessThan(0.5);
    },
  );

  it.each(FILES)(
    'the batches of %s hold all rows in order, and the meter ends at the whole file',
    async (name, content) => {
      const trace = await opened(fileOf(`whole-${name}`, content));
      let rows = 0;
      let meter = 0;
      for await (const batch of trace.batches()) {
        for (let i = 0; i < batch.length; i++)
          if (batch.submit[i] !== (rows + i) * 1e6) throw new Error(`row ${i}`);
        rows += batch.length;
        expect(trace.meter.share).toBeGreaterThanOrEqual(meter);
        meter = trace.meter.share;
      }
      expect([rows, meter]).toEqual([ROWS, 1]);
    },
  );
});

describe('lines of a file', () => {
  async function linesOf(text: string | Uint8Array, name = 'lines.txt'): Promise<string[]> {
    const all: string[] = [];
    let next = 1;
    for await (const { firstLine, lines } of readLines(fileOf(name, text))) {
      expect(firstLine).toBe(next);
      next += lines.length;
      all.push(...lines);
    }
    return all;
  }

  it('are whole wherever the file is cut into chunks, also within a character', async () => {
    const lines = Array.from({ length: 40_000 }, (_, i) => `${i} ${'é火🦊'.repeat(i % 7)}`);
    expect(await linesOf(`${lines.join('\n')}\n`)).toEqual(lines);
    expect(await linesOf(gzipSync(lines.join('\r\n')), 'lines.gz')).toEqual(lines);
  });

  it('may be empty, and a last one without an end counts', async () => {
    expect(await linesOf('a\n\nb')).toEqual(['a', '', 'b']);
    expect(await linesOf('\n')).toEqual(['']);
    expect(await linesOf('')).toEqual([]);
  });

  it('of more than a million characters are refused by number, whether they end or not', async () => {
    const long = 'x'.repeat((1 << 20) + 1);
    await expect(linesOf(`a\n${long}\nb\n`)).rejects.toThrow(
      /lines\.txt:2: the line has more than 1048576 characters/,
    );
    await expect(linesOf(`a\nb\n${long}`)).rejects.toThrow(
      /lines\.txt:3: the line has more than 1048576 characters/,
    );
    expect(await linesOf(long.slice(1))).toHaveLength(1);
  });

  it('with binary data are refused by number', async () => {
    await expect(linesOf('a\nb\u0001\n')).rejects.toThrow(/lines\.txt:2: binary data, expected text/);
    expect(await linesOf('a\tb\f\n')).toEqual(['a\tb\f']);
  });

  it('an empty file is not read by any share', () => {
    expect(new ReadMeter().share).toBe(0);
  });
});
