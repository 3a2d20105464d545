import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { FORMATS, formatNamed, formatOf } from '../../src/workloads/formats/index.js';
import { fileOf, readTrace } from './read-trace.js';

const JOB = '1 0 -1 10 1 -1 -1 1 20 -1 1 1 1 -1 1 -1 -1 -1\n';
const CSV = 'job_id,submit,duration,cpus\na,0,1,1\n';
const PODS =
  'name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,creation_time,deletion_time\na,1,1,0,0,,0,1\n';

describe('telling the form of a trace', () => {
  it.each([
    ['a log by its ending', 'a.swf', JOB, 'swf'],
    ['a packed log by its ending', 'a.swf.gz', gzipSync(JOB), 'swf'],
    ['a log of another name by its header', 'a.txt', `; Version: 2.2\n; MaxProcs: 4\n${JOB}`, 'swf'],
    [
      'CSV by its column job_id, wherever it stands',
      'b.data',
      'submit,duration,cpus,job_id\n0,1,1,a\n',
      'csv',
    ],
    ['packed CSV by its header', 'b.csv.gz', gzipSync(CSV), 'csv'],
    ['CSV that is called a log', 'c.swf', CSV, 'csv'],
    ['an openb pod list by its header', 'd.csv', PODS, 'openb'],
  ])('knows %s', async (_what, name, content, format) => {
    expect((await formatOf(fileOf(name, content))).name).toBe(format);
  });

  it.each([
    [
      'text of no known form',
      'what.txt',
      'hello\n',
      /what\.txt: has an unknown format; choose one with --format \(openb, csv, parquet, omega, swf\)/,
    ],
    ['an empty file', 'empty.swf', '', /empty\.swf: is empty/],
    ['an empty packed file', 'empty.csv.gz', gzipSync(''), /empty\.csv\.gz: is empty/],
    [
      'binary data',
      'binary.swf',
      new Uint8Array([31, 139, 8, 0, 10]),
      /binary\.swf: is gzip data, but its name does not end with \.gz/,
    ],
    [
      'packed data that is cut off',
      'cut.swf.gz',
      gzipSync(JOB.repeat(99)).subarray(0, 30),
      /cut\.swf\.gz: the compressed data is truncated/,
    ],
    [
      'text that is called gzip',
      'text.csv.gz',
      CSV,
      /text\.csv\.gz: has the ending \.gz but is not valid gzip data/,
    ],
  ])('refuses %s in one line', async (_what, name, content, message) => {
    await expect(formatOf(fileOf(name, content))).rejects.toThrow(message);
  });

  it('refuses a file that is not there, and a folder', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fairground-formats-'));
    await expect(formatOf(join(folder, 'nope.swf'))).rejects.toThrow(/nope\.swf: file not found/);
    await expect(formatOf(folder)).rejects.toThrow(/is not a file/);
  });

  it('believes a person who names the form', async () => {
    const path = fileOf('log.of-mine', JOB);
    expect((await readTrace(path, {}, 'swf')).rows).toHaveLength(1);
    await expect(readTrace(path, {}, 'csv')).rejects.toThrow(/has no resource column/);
    expect(() => formatNamed('orc')).toThrow(
      /unknown trace format "orc", expected one of openb, csv, parquet, omega, swf/,
    );
  });

  it('says of every form what it is, in a word and a line', () => {
    for (const format of FORMATS) {
      expect(format.name).toMatch(/^[a-z]+$/);
      expect(format.about.length).toBeGreaterThan(20);
      expect(formatNamed(format.name)).toBe(format);
    }
  });
});
