import { createReadStream } from 'node:fs';
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { FrameworkSpec, Micros } from '../../model/index.js';
import { rowAt, TaskBatch } from '../trace.js';
import type { Adjustments } from './adjustments.js';

/** Number of rows that are sorted in memory, about 30 MiB. More rows are sorted in runs, which are merged from files. */
const ROWS_IN_MEMORY = 1 << 17;

/** A run of rows in order of submission, batch by batch. */
type Run = AsyncIterable<TaskBatch> | Iterable<TaskBatch>;

/**
 * Sorts rows by their time of submission. Long traces are sorted on disk (external merge sort), so memory is bounded. Rows of one
 * instant keep their order. Rows that were submitted before a row above them are counted.
 */
export async function* sortedBatches(
  batches: AsyncIterable<TaskBatch>,
  adjustments: Adjustments,
  rowsInMemory = ROWS_IN_MEMORY,
): AsyncGenerator<TaskBatch> {
  const files = new RunFiles();
  try {
    const runs: Run[] = [];
    let unsorted: TaskBatch[] = [];
    let rows = 0;
    for await (const batch of counted(batches, adjustments)) {
      unsorted.push(batch);
      rows += batch.length;
      if (rows < rowsInMemory) continue;
      runs.push(await files.write(sortedRun(unsorted)));
      [unsorted, rows] = [[], 0];
    }
    if (rows > 0) runs.push(sortedRun(unsorted));
    yield* merged(runs);
  } finally {
    await files.remove();
  }
}

async function* counted(
  batches: AsyncIterable<TaskBatch>,
  adjustments: Adjustments,
): AsyncGenerator<TaskBatch> {
  let latest = Number.NEGATIVE_INFINITY;
  for await (const batch of batches) {
    for (let row = 0; row < batch.length; row++) {
      if (batch.submit[row] < latest) adjustments.count('lines out of order of submission, now sorted');
      else latest = batch.submit[row];
    }
    yield batch;
  }
}

/**
 * Numbers the frameworks of sorted rows in the order of their first submission, as in a file that is sorted. A policy may prefer the
 * framework with the lower number. `names` has them in the order of the file, and `ordered` gets them in that of submission.
 */
export async function* frameworksInOrder(
  batches: AsyncIterable<TaskBatch> | Iterable<TaskBatch>,
  names: readonly FrameworkSpec[],
  ordered: FrameworkSpec[],
): AsyncGenerator<TaskBatch> {
  const numbers: number[] = [];
  for await (const batch of batches) {
    for (let row = 0; row < batch.length; row++) {
      const framework = batch.framework[row];
      numbers[framework] ??= ordered.push(names[framework]) - 1;
      batch.framework[row] = numbers[framework];
    }
    yield batch;
  }
}

/** The rows of some batches in order of submission. */
function* sortedRun(batches: readonly TaskBatch[]): Generator<TaskBatch> {
  const places = batches.flatMap((batch) =>
    Array.from({ length: batch.length }, (_, row) => ({ batch, row })),
  );
  // The sort of arrays is stable.
  places.sort((a, b) => a.batch.submit[a.row] - b.batch.submit[b.row]);
  let sorted: TaskBatch | undefined;
  for (const { batch, row } of places) {
    sorted ??= new TaskBatch(batch.dims);
    sorted.push(rowAt(batch, row));
    if (!sorted.isFull) continue;
    yield sorted;
    sorted = undefined;
  }
  if (sorted !== undefined) yield sorted;
}

/** Merges runs. At equal times, the rows of an earlier run come first. */
async function* merged(runs: readonly Run[]): AsyncGenerator<TaskBatch> {
  if (runs.length === 1) {
    yield* runs[0];
    return;
  }
  const cursors = await Promise.all(runs.map((run) => RunCursor.at(run)));
  let open = cursors.filter(({ batch }) => batch !== undefined);
  let out: TaskBatch | undefined;
  while (open.length > 0) {
    let first = open[0];
    for (const cursor of open) if (cursor.time < first.time) first = cursor;
    const from = first.batch as TaskBatch;
    out ??= new TaskBatch(from.dims);
    out.push(rowAt(from, first.row));
    if (!(await first.advance())) open = open.filter((cursor) => cursor !== first);
    if (!out.isFull) continue;
    yield out;
    out = undefined;
  }
  if (out !== undefined) yield out;
}

/** The next row of a run. */
class RunCursor {
  batch: TaskBatch | undefined;
  row = 0;
  private readonly batches: AsyncIterator<TaskBatch> | Iterator<TaskBatch>;

  private constructor(run: Run) {
    this.batches = Symbol.asyncIterator in run ? run[Symbol.asyncIterator]() : run[Symbol.iterator]();
  }

  static async at(run: Run): Promise<RunCursor> {
    const cursor = new RunCursor(run);
    await cursor.fetch();
    return cursor;
  }

  get time(): Micros {
    return (this.batch as TaskBatch).submit[this.row];
  }

  /** Moves to the next row. Returns false after the last one; a promise only where a batch must be fetched. */
  advance(): boolean | Promise<boolean> {
    this.row++;
    return this.row < (this.batch as TaskBatch).length || this.fetch();
  }

  private async fetch(): Promise<boolean> {
    const next = await this.batches.next();
    this.batch = next.done === true ? undefined : next.value;
    this.row = 0;
    return this.batch !== undefined;
  }
}

/** Temporary files of runs: batches in the form of `node:v8`, each after its length in bytes. */
class RunFiles {
  private folder: string | undefined;
  private count = 0;

  async write(run: Iterable<TaskBatch>): Promise<AsyncIterable<TaskBatch>> {
    this.folder ??= await mkdtemp(join(tmpdir(), 'fairground-sort-'));
    const path = join(this.folder, `run-${this.count++}`);
    const file = await open(path, 'w');
    try {
      for (const batch of run) await append(file, serialize({ ...batch }));
    } finally {
      await file.close();
    }
    return readRun(path);
  }

  async remove(): Promise<void> {
    if (this.folder !== undefined) await rm(this.folder, { recursive: true, force: true });
  }
}

const LENGTH_BYTES = 4;

async function append(file: FileHandle, bytes: Uint8Array): Promise<void> {
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32LE(bytes.length);
  await file.writev([length, bytes]);
}

async function* readRun(path: string): AsyncGenerator<TaskBatch> {
  let rest = Buffer.alloc(0);
  for await (const chunk of createReadStream(path)) {
    rest = Buffer.concat([rest, chunk as Buffer]);
    while (rest.length >= LENGTH_BYTES && rest.length >= LENGTH_BYTES + rest.readUInt32LE()) {
      const end = LENGTH_BYTES + rest.readUInt32LE();
      const columns = deserialize(rest.subarray(LENGTH_BYTES, end)) as TaskBatch;
      rest = rest.subarray(end);
      yield Object.assign(new TaskBatch(columns.dims, 0), columns);
    }
  }
}
