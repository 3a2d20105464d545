import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { InputError, type InputPlace, type Micros, secondsText } from '../../../model/index.js';
import { packageRoot } from '../../../results/files/version.js';
import { exitRefused } from '../../policy-file/confined.js';
import { DecisionWatch, watchDecisions } from '../../policy-file/decision-watch.js';
import { isPolicyPath, parsePolicyUse } from '../../policy-file/policy-use.js';
import type { PlannedCell } from '../../sweep/cell-identity.js';
import type { CellTask } from '../../sweep/perform-cell.js';
import type { SharedTraces } from '../../trace-cache/shared-traces.js';
import type { ThreadData } from '../../trace-cache/traces-of-thread.js';
import type { RunProgress, RunSpec } from '../run-spec.js';
import type { RunTask } from './run-task.js';

/** What a thread can perform. */
export type ThreadWork =
  | { readonly kind: 'run'; readonly task: RunTask }
  /** A cell of a sweep. With a results folder, its parts are written there; otherwise they are the result. */
  | { readonly kind: 'cell'; readonly task: CellTask; readonly results: string | undefined }
  /** Results in the reason why a cell must not run in this process, if there is one. */
  | { readonly kind: 'check'; readonly cell: PlannedCell };

/** Work for a thread. */
export interface WorkerInput {
  readonly work: ThreadWork;
  readonly watch: SharedArrayBuffer;
  /** Whether messages of progress are wanted. */
  readonly isFollowed: boolean;
}

/** A message from a thread to the pool. */
export type WorkerMessage =
  | { readonly kind: 'progress'; readonly progress: RunProgress }
  | { readonly kind: 'done'; readonly result: unknown }
  /** A mistake of the user. */
  | { readonly kind: 'refused'; readonly place: InputPlace; readonly problem: string }
  /** A defect. */
  | { readonly kind: 'failed'; readonly stack: string };

/** The runs were stopped by the signal. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** How a thread is followed and stopped. */
interface ThreadHooks {
  readonly signal: AbortSignal;
  /** Without it, the thread sends no progress. */
  readonly progress?: ((progress: RunProgress) => void) | undefined;
  /** Longest real time for one decision of a policy file, in milliseconds. */
  readonly decisionLimit: number | undefined;
}

/** Whether the policy is in a file of the user. Such a policy gets a thread of its own, and may have to be stopped. */
export function isFromFile({ policy }: RunSpec): boolean {
  return isPolicyPath(parsePolicyUse(policy).name);
}

function specOf(work: ThreadWork): RunSpec {
  if (work.kind === 'run') return work.task.spec;
  return work.kind === 'check' ? work.cell.spec : work.task.cell.spec;
}

/** A worker thread that performs one run after another. After a run that fails or is stopped, it is of no more use. */
export class RunThread {
  private readonly worker: Worker;

  /** `traces`: those that it shares with other threads. Without them, each run reads its trace itself. */
  constructor(traces?: SharedTraces) {
    const file = join(packageRoot(), 'dist', 'worker.js');
    if (!existsSync(file)) throw new InputError({ file }, 'is missing; run npm run build');
    const port = traces?.connect();
    this.worker = new Worker(file, {
      workerData: { traces: port } satisfies ThreadData,
      transferList: port === undefined ? [] : [port],
    });
  }

  /** @returns what the work results in: the record of a run. @throws InputError; Interrupted */
  perform<T>(
    work: ThreadWork,
    { signal, progress, decisionLimit = DECISION_LIMIT }: ThreadHooks,
  ): Promise<T> {
    const { worker } = this;
    const watch = new DecisionWatch();
    let stop = () => {};
    let stopWatching = () => {};
    let listenNoMore = () => {};
    return new Promise<T>((resolve, reject) => {
      stop = () => reject(new Interrupted());
      signal.addEventListener('abort', stop);
      if (signal.aborted) stop();
      stopWatching = watchDecisions(watch, decisionLimit, (now) =>
        reject(neverReturned(specOf(work), decisionLimit, now)),
      );
      const answered = (message: WorkerMessage) => {
        if (message.kind === 'progress') progress?.(message.progress);
        else if (message.kind === 'done') resolve(message.result as T);
        else if (message.kind === 'refused') reject(new InputError(message.place, message.problem));
        else reject(new Error(message.stack));
      };
      const ended = () => reject(endedEarly(specOf(work)));
      worker.on('message', answered).on('error', reject).on('exit', ended);
      listenNoMore = () => worker.off('message', answered).off('error', reject).off('exit', ended);
      worker.postMessage({
        work,
        watch: watch.shared,
        isFollowed: progress !== undefined,
      } satisfies WorkerInput);
    })
      .catch(async (error) => {
        await this.end();
        throw error;
      })
      .finally(() => {
        stopWatching();
        signal.removeEventListener('abort', stop);
        listenNoMore();
      });
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }
}

/** Only a policy file can end its worker, such as by process.exit() in a timer. */
function endedEarly({ policy }: RunSpec): Error {
  const { name } = parsePolicyUse(policy);
  return isPolicyPath(name) ? exitRefused(name) : new Error('a worker ended without a result');
}

/** Default of `--decision-limit`, in milliseconds. */
const DECISION_LIMIT = 60_000;

function neverReturned({ policy }: RunSpec, limit: number, now: Micros): InputError {
  const seconds = limit / 1000;
  const when = Number.isNaN(now) ? 'while it was set up' : `at ${secondsText(now)} s of simulated time`;
  return new InputError(
    { file: parsePolicyUse(policy).name },
    `the policy did not return within ${seconds} s ${when} (--decision-limit)`,
  );
}
