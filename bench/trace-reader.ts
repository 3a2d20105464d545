import { once } from 'node:events';
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse';
import { ParameterValues, ResourceSpace } from '../src/model/index.js';
import { fairgroundCsv } from '../src/workloads/formats/fairground-csv.js';
import { mulberry32 } from './mulberry32.js';

/** Two readers of the same temporary file. */
interface Readers {
  readonly rows: number;
  readonly byPackage: () => Promise<void>;
  readonly byUs: () => Promise<void>;
  readonly remove: () => void;
}

/** Creates a file for both readers, and checks that their results agree. */
export async function compareReaders(rows: number): Promise<Readers> {
  const folder = mkdtempSync(join(tmpdir(), 'fairground-rows-'));
  const path = join(folder, 'trace.csv');
  await writeCsv(path, rows);
  const expected = JSON.stringify(await readByPackage(path));
  const check = (sums: ReadSums) => {
    if (JSON.stringify(sums) !== expected) throw new Error('the readers disagree');
  };
  return {
    rows,
    byPackage: async () => check(await readByPackage(path)),
    byUs: async () => check(await readByUs(path)),
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** Checksums on which the two readers must agree. */
interface ReadSums {
  readonly rows: number;
  readonly cpus: number;
  readonly seconds: number;
}

/** Writes a trace in the csv format of Fairground: jobs of ten tasks, eight columns. */
async function writeCsv(path: string, rows: number): Promise<void> {
  const draw = mulberry32(42);
  const file = createWriteStream(path);
  file.write('job_id,framework,submit,duration,cpus,mem,priority,estimate\n');
  for (let row = 0; row < rows; ) {
    let text = '';
    for (const end = Math.min(rows, row + 1000); row < end; row++) {
      const run = Math.floor(draw() * 1e6) / 1000;
      text += `${Math.floor(row / 10)},batch,${(row * 0.1).toFixed(3)},${run},${1 + (row % 4)},${1024 * (1 + (row % 3))},${row % 10},3600\n`;
    }
    if (!file.write(text)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'finish');
}

/** csv-parse in its fastest mode: rows as arrays, processed as a stream, with numbers converted. */
async function readByPackage(path: string): Promise<ReadSums> {
  const parser = createReadStream(path, { highWaterMark: 1 << 18 }).pipe(
    parse({ from_line: 2, trim: true, bom: true }),
  );
  const numbers = new Float64Array(8);
  let [rows, cpus, seconds] = [0, 0, 0];
  parser.on('readable', () => {
    for (let row = parser.read() as string[] | null; row !== null; row = parser.read() as string[] | null) {
      for (let column = 2; column < 8; column++) numbers[column] = Number(row[column]);
      rows++;
      cpus += numbers[4] * 1000;
      seconds += Math.round(numbers[3] * 1e6);
    }
  });
  await once(parser, 'end');
  return { rows, cpus, seconds };
}

/** The trace reader, which also validates the rows. */
export async function readByUs(path: string): Promise<ReadSums> {
  const space = new ResourceSpace(['cpus', 'mem']);
  const trace = fairgroundCsv.open(path, space, new ParameterValues(fairgroundCsv.parameters));
  let [rows, cpus, seconds] = [0, 0, 0];
  for await (const batch of trace.batches()) {
    rows += batch.length;
    for (let row = 0; row < batch.length; row++) {
      cpus += batch.demand[row * batch.dims];
      seconds += batch.duration[row];
    }
  }
  return { rows, cpus, seconds };
}
