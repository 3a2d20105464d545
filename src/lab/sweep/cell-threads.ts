import { isFromFile, RunThread } from '../run/node/run-thread.js';
import { SharedTraces } from '../trace-cache/shared-traces.js';
import type { PlannedCell } from './cell-identity.js';
import type { CellTask } from './perform-cell.js';

/** Where a cell of a thread goes, and what stops it. */
interface CellOptions {
  /** The folder of results; without it, the cell's parts are returned. */
  readonly results?: string;
  readonly signal: AbortSignal;
}

/** A cell must not run here, because its result would be that of another cell. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

/** Threads that run cells, one each. They end when they are no longer of use. */
export class CellThreads {
  private readonly idle: RunThread[] = [];
  private readonly traces = new SharedTraces();

  /** Runs a cell. @returns its parts, if they are not written. @throws InputError for a mistake in the cell; Interrupted. */
  async perform<T>(task: CellTask, options: CellOptions): Promise<T> {
    return this.inThread(task, (thread) => performIn<T>(thread, task, options));
  }

  /** As `perform`, for a cell that another process planned. @throws Refused, too. */
  async performPlanned<T>(task: CellTask, engine: string, options: CellOptions): Promise<T> {
    const cell: PlannedCell = { ...task.cell, engine };
    const hooks = { signal: options.signal, decisionLimit: task.decisionLimit };
    return this.inThread(task, async (thread) => {
      // In the thread, because a large trace takes long to read.
      const refusal = await thread.perform<string | undefined>({ kind: 'check', cell }, hooks);
      if (refusal !== undefined) {
        await thread.end();
        throw new Refused(refusal);
      }
      return performIn<T>(thread, task, options);
    });
  }

  async end(): Promise<void> {
    await Promise.all(this.idle.splice(0).map((thread) => thread.end()));
  }

  /** A thread is kept for shipped policies, whose code is compiled and warm after the first cell. After a failure it is of no more use. */
  private async inThread<T>({ cell }: CellTask, work: (thread: RunThread) => Promise<T>): Promise<T> {
    const thread = this.idle.pop() ?? new RunThread(this.traces);
    const result = await work(thread);
    if (isFromFile(cell.spec)) await thread.end();
    else this.idle.push(thread);
    return result;
  }
}

function performIn<T>(thread: RunThread, task: CellTask, { results, signal }: CellOptions): Promise<T> {
  const { decisionLimit } = task;
  return thread.perform<T>({ kind: 'cell', task, results }, { signal, decisionLimit });
}
