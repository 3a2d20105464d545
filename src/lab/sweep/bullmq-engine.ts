import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Queue } from 'bullmq';
import { digestText } from '../../results/files/digest.js';
import { buildHash } from '../../results/files/version.js';
import { Interrupted } from '../run/node/run-thread.js';
import { type CellResult, writeCell } from './cell-folder.js';
import { type Engine, type EngineTask, type FailedCell, magnitude } from './local-engine.js';
import type { SweepCell } from './plan-sweep.js';
import {
  FAILURES,
  KEPT_FOR,
  loadBullMq,
  QueueConnection,
  type QueuedCell,
  type QueuePlace,
} from './redis.js';

/** Milliseconds between two looks at what has finished. */
const LOOK_INTERVAL = 200;

/** After this time without a result, in milliseconds, the absence of workers is worth a note. */
const PATIENCE = 5000;

/** Jobs that are added or removed with one message to Redis. */
const BATCH = 500;

/** Workers that may refuse a cell before it counts as failed. A worker that refuses a cell ends. */
const REFUSALS = 3;

/**
 * Runs cells on any number of computers: puts them into a queue of BullMQ, from which workers take them, and writes their results. The
 * result of a cell stays in Redis until it is written, also while this process is away. `note` gets lines for the user.
 */
export function bullmqEngine(place: QueuePlace, note: (line: string) => void): Engine {
  return async (task) => {
    const { Queue } = await loadBullMq();
    const connection = await QueueConnection.open(place.redis);
    const { client, address } = connection;
    const { signal } = task;
    // Otherwise a command would wait until Redis is back.
    const abort = () => client.status !== 'ready' && client.disconnect();
    signal?.addEventListener('abort', abort);
    const queue = new Queue<QueuedCell, CellResult>(place.queue, {
      connection: client,
      // The engine polls and reads no events. An event would hold a copy of the result.
      streams: { events: { maxLen: 1 } },
    });
    queue.on('error', () => {});
    const sweep = new QueuedSweep(queue, task, note);
    try {
      await sweep.begin();
      client.on('ready', () => sweep.connectedAgain());
      const noteNoWorkers = async () => {
        if ((await queue.getWorkersCount()) === 0)
          note(`no worker is at queue ${place.queue} of ${address} yet; simulate worker --redis starts one`);
      };
      return await sweep.collect(noteNoWorkers);
    } catch (error) {
      if (client.status === 'ready') await sweep.withdraw().catch(() => {});
      throw connection.explained(error, signal);
    } finally {
      signal?.removeEventListener('abort', abort);
      await queue.close().catch(() => {});
      client.disconnect();
    }
  };
}

/** The cells of a sweep in a queue, which may have cells of other sweeps, too. */
class QueuedSweep {
  private readonly queue: Queue<QueuedCell, CellResult>;
  private readonly task: EngineTask;
  private readonly note: (line: string) => void;
  /** Start of the names of its jobs. The same command finds them again. */
  private readonly prefix: string;
  /** Cells without a result, by the name of their job. */
  private readonly missing = new Map<string, SweepCell>();
  private readonly refusals = new Map<string, number>();
  private readonly failed: FailedCell[] = [];
  private mayBeLost = false;

  constructor(queue: Queue<QueuedCell, CellResult>, task: EngineTask, note: (line: string) => void) {
    this.queue = queue;
    this.task = task;
    this.note = note;
    const folder = JSON.stringify([hostname(), resolve(task.results)]);
    this.prefix = `${digestText(folder, 12)}-`;
    const kind = task.jobs ? 'jobs-' : '';
    // The longest first, so that none of them runs alone at the end.
    for (const cell of [...task.cells].sort((a, b) => magnitude(b) - magnitude(a)))
      this.missing.set(`${this.prefix}${kind}${cell.id}`, cell);
  }

  /** Adds the cells. What an earlier command of this sweep left in the queue stays, as far as it is wanted and did not fail. */
  async begin(): Promise<void> {
    const left = await this.own(['wait', 'completed']);
    await this.remove(left.filter((job) => !this.missing.has(job)));
    await this.remove(await this.own(['failed']));
    await this.add([...this.missing.keys()]);
  }

  /** Redis may have lost its data while it was away. */
  connectedAgain(): void {
    this.mayBeLost = true;
  }

  /** Writes results as they come, until no cell is missing. @throws Interrupted */
  async collect(noteNoWorkers: () => Promise<void>): Promise<readonly FailedCell[]> {
    const start = performance.now();
    let isQuiet = true;
    while (this.missing.size > 0) {
      if (this.task.signal?.aborted === true) throw new Interrupted();
      if (this.mayBeLost) {
        this.mayBeLost = false;
        await this.add([...this.missing.keys()]);
      }
      const finished = await this.own(['completed', 'failed']);
      for (const job of finished) await this.take(job);
      if (finished.length > 0) isQuiet = false;
      else await delay(LOOK_INTERVAL);
      if (isQuiet && performance.now() - start > PATIENCE) {
        isQuiet = false;
        await noteNoWorkers();
      }
    }
    return this.failed;
  }

  /** Takes the cells that no worker has begun out of the queue. */
  async withdraw(): Promise<void> {
    await this.remove(await this.own(['wait']));
  }

  /** Writes the result of a job, and only then removes it: a result is never in neither place. */
  private async take(id: string): Promise<void> {
    const cell = this.missing.get(id);
    const job = await this.queue.getJob(id);
    if (cell !== undefined && job !== undefined) {
      if (job.failedReason !== undefined) return this.takeFailure(id, cell, job.failedReason);
      await writeCell(this.task.results, cell.id, job.returnvalue as CellResult);
      this.finish(id, cell, undefined);
    }
    await this.remove([id]);
  }

  private async takeFailure(id: string, cell: SweepCell, reason: string): Promise<void> {
    await this.remove([id]);
    const count = (this.refusals.get(id) ?? 0) + 1;
    if (reason.startsWith(FAILURES.refused) && count < REFUSALS) {
      this.refusals.set(id, count);
      this.note(`a worker ended: ${reason.slice(FAILURES.refused.length)}`);
      return this.add([id]);
    }
    const known = Object.values(FAILURES).find((start) => reason.startsWith(start));
    const problem = known === undefined ? `no worker finished it (${reason})` : reason.slice(known.length);
    const failure = { cell, problem };
    this.failed.push(failure);
    this.finish(id, cell, failure);
  }

  private finish(id: string, cell: SweepCell, failure: FailedCell | undefined): void {
    this.missing.delete(id);
    this.task.done?.(cell, failure);
  }

  private async own(states: ('wait' | 'completed' | 'failed')[]): Promise<string[]> {
    const all = await this.queue.getRanges(states, 0, -1, true);
    return all.filter((id) => id.startsWith(this.prefix));
  }

  /** Adding a job that is in the queue has no effect. */
  private async add(ids: readonly string[]): Promise<void> {
    const { jobs, decisionLimit } = this.task;
    const engine = buildHash();
    for (let first = 0; first < ids.length; first += BATCH) {
      const batch = ids.slice(first, first + BATCH).map((jobId) => {
        const { id, spec } = this.missing.get(jobId) as SweepCell;
        return {
          name: 'cell',
          data: { task: { cell: { id, spec }, jobs, decisionLimit }, engine },
          opts: { jobId, removeOnComplete: KEPT_FOR, removeOnFail: KEPT_FOR },
        };
      });
      await this.queue.addBulk(batch);
    }
  }

  private async remove(ids: readonly string[]): Promise<void> {
    for (let first = 0; first < ids.length; first += BATCH)
      await Promise.all(ids.slice(first, first + BATCH).map((id) => this.queue.remove(id)));
  }
}
