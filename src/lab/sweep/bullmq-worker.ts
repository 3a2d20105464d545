import { availableParallelism } from 'node:os';
import { InputError } from '../../model/index.js';
import type { CellResult } from './cell-folder.js';
import { CellThreads, Refused } from './cell-threads.js';
import { FAILURES, loadBullMq, QueueConnection, type QueuedCell, type QueuePlace } from './redis.js';

/** How long a worker may be silent before its cell is given to another one, and how often that is checked, in milliseconds. */
const LOCK_DURATION = 10_000;
const STALLED_INTERVAL = 5000;

/** Workers that may end in the middle of a cell, one after another, before it counts as failed. */
const STALLS = 10;

/** Which queue a worker serves, and how. */
export interface WorkerOptions extends QueuePlace {
  /** Cells that run at the same time; one per core if left out. */
  readonly workers?: number | undefined;
  /** Ends the worker as soon as the cells that it runs have finished. */
  readonly signal: AbortSignal;
  /** Gets lines for the user. */
  readonly note: (line: string) => void;
}

/**
 * Takes cells from a queue and runs them in threads, so that this one stays free to tell Redis that it is alive, until the signal. The
 * results go into Redis, because the folder of the sweep may be on another computer. @returns the number of cells that finished.
 * @throws InputError when Redis goes away, or when this computer has another build or other files than the sweep.
 */
export async function serveCells({ signal, note, workers, ...place }: WorkerOptions): Promise<number> {
  const { UnrecoverableError, Worker } = await loadBullMq();
  const connection = await QueueConnection.open(place.redis);
  const { client, address } = connection;
  const threads = new CellThreads();
  const stop = new AbortController();
  const { promise: ended, resolve, reject } = withResolvers();
  let finished = 0;
  const perform = async (cell: QueuedCell): Promise<CellResult> => {
    try {
      return await threads.performPlanned(cell.task, cell.engine, { signal: stop.signal });
    } catch (error) {
      if (error instanceof InputError) throw new UnrecoverableError(`${FAILURES.mistake}${error.message}`);
      if (!(error instanceof Refused)) throw error;
      // It would refuse the next cell for the same reason.
      reject(new InputError({}, error.message));
      throw new UnrecoverableError(`${FAILURES.refused}${error.message}`);
    }
  };
  const worker = new Worker<QueuedCell, CellResult>(place.queue, (job) => perform(job.data), {
    connection: client,
    concurrency: workers ?? availableParallelism(),
    lockDuration: LOCK_DURATION,
    stalledInterval: STALLED_INTERVAL,
    maxStalledCount: STALLS,
  });
  worker.on('error', () => {});
  worker.on('completed', () => finished++);
  client.on('end', () => reject(connection.unreachable('')));
  signal.addEventListener('abort', resolve, { once: true });
  if (signal.aborted) resolve();
  try {
    note(`takes runs from queue ${place.queue} of ${address}`);
    await ended;
    note('ends when its runs have finished; a second signal ends it at once, and others repeat them');
    await worker.close();
    return finished;
  } finally {
    signal.removeEventListener('abort', resolve);
    if (client.status === 'end') stop.abort();
    await worker.close(client.status === 'end');
    await threads.end();
    client.disconnect();
  }
}

function withResolvers(): {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
} {
  let resolve = () => {};
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
