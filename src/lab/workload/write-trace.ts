import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { InputError, type Micros } from '../../model/index.js';
import { asWriteError, partialPath } from '../../results/files/result-files.js';
import { csvText } from '../../workloads/formats/fairground-csv-text.js';
import { parquetBytes } from '../../workloads/formats/fairground-parquet-bytes.js';
import type { TaskBatch, Trace } from '../../workloads/trace.js';

/** Counts of a written trace. */
export interface WrittenTrace {
  readonly jobs: number;
  readonly tasks: number;
  readonly firstSubmission: Micros;
  readonly lastSubmission: Micros;
}

/** The endings of the files that `writeTrace` writes. */
const ENDINGS = ['.csv', '.csv.gz', '.parquet'] as const;

type Ending = (typeof ENDINGS)[number];

/** The ending of a trace to write. `option` is for the message. @throws InputError for another ending. */
export function traceEnding(path: string, option: string): Ending {
  const ending = ENDINGS.find((one) => path.endsWith(one));
  if (ending === undefined)
    throw InputError.expected({ field: option }, path, `a name that ends with ${ENDINGS.join(', ')}`);
  return ending;
}

/**
 * Writes a trace in the form that the ending of the path names. `open` is called twice, because a first pass finds the columns that
 * the rows need. The file gets its name only when it is complete. `signal` stops the writing and removes the incomplete file.
 * @throws InputError when the path has another ending or cannot be written.
 */
export async function writeTrace(
  path: string,
  open: () => Trace,
  signal?: AbortSignal,
): Promise<WrittenTrace> {
  const counts = { jobs: 0, tasks: 0, firstSubmission: 0, lastSubmission: 0 };
  const rows = () => counted(open(), counts);
  const isParquet = traceEnding(path, 'OUT') === '.parquet';
  await writeFile(path, isParquet ? parquetBytes(rows) : csvText(rows), signal);
  return counts;
}

type Counts = { -readonly [key in keyof WrittenTrace]: WrittenTrace[key] };

/** The trace with a count of its rows. Each pass over the rows counts from 0. */
function counted(trace: Trace, counts: Counts): Trace {
  return { ...trace, batches: () => countedBatches(trace, counts) };
}

async function* countedBatches(trace: Trace, counts: Counts): AsyncGenerator<TaskBatch> {
  Object.assign(counts, { jobs: 0, tasks: 0, firstSubmission: 0, lastSubmission: 0 });
  let job: string | number | undefined;
  let framework = -1;
  let submit = Number.NaN;
  for await (const batch of trace.batches()) {
    if (counts.tasks === 0 && batch.length > 0) counts.firstSubmission = batch.submit[0];
    for (let row = 0; row < batch.length; row++) {
      if (batch.job[row] !== job || batch.framework[row] !== framework || batch.submit[row] !== submit)
        counts.jobs++;
      job = batch.job[row];
      framework = batch.framework[row];
      submit = batch.submit[row];
      counts.tasks += batch.tasks[row];
    }
    if (batch.length > 0) counts.lastSubmission = submit;
    yield batch;
  }
}

/** A fast level. At zlib's default of 6, compression takes longer than the generation of the rows. */
const GZIP_LEVEL = 2;

/**
 * Writes pieces to a file, compressed if the name ends with `.gz`. The file gets its name only when it is complete.
 * @throws InputError when the file cannot be written.
 */
export async function writeFile(
  path: string,
  pieces: AsyncIterable<string | Uint8Array> | Iterable<string>,
  signal?: AbortSignal,
): Promise<void> {
  const partial = partialPath(path);
  const options = signal === undefined ? {} : { signal };
  try {
    await mkdir(dirname(path), { recursive: true });
    const bytes = Readable.from(asBytes(pieces), { objectMode: false });
    const file = createWriteStream(partial);
    if (path.endsWith('.gz')) await pipeline(bytes, createGzip({ level: GZIP_LEVEL }), file, options);
    else await pipeline(bytes, file, options);
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw (error as Error).name === 'AbortError' ? error : asWriteError(error, path);
  }
}

async function* asBytes(
  pieces: AsyncIterable<string | Uint8Array> | Iterable<string>,
): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) yield typeof piece === 'string' ? Buffer.from(piece) : piece;
}
