import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { RunRecord } from '../../../metrics/run-record.js';
import { InputError, type InputPlace, type Micros, secondsText } from '../../../model/index.js';
import { packageRoot } from '../../../results/files/version.js';
import { exitRefused } from '../../policy-file/confined.js';
import { DecisionWatch, watchDecisions } from '../../policy-file/decision-watch.js';
import { isPolicyPath, parsePolicyUse } from '../../policy-file/policy-use.js';
import type { RunProgress } from '../run-spec.js';
import { discardPartialFiles, performRun, type RunTask, writesFiles } from './run-task.js';

/** A run for a worker. */
export interface WorkerInput {
  readonly task: RunTask;
  readonly watch: SharedArrayBuffer;
}

/** A message from a worker to the pool. */
export type WorkerMessage =
  | { readonly kind: 'progress'; readonly progress: RunProgress }
  | { readonly kind: 'done'; readonly record: RunRecord }
  /** A mistake of the user. */
  | { readonly kind: 'refused'; readonly place: InputPlace; readonly problem: string }
  /** A defect. */
  | { readonly kind: 'failed'; readonly stack: string };

/** Progress and interruption of a batch of runs. */
export interface RunManyHooks {
  readonly progress?: (task: number, progress: RunProgress) => void;
  readonly done?: (task: number, record: RunRecord) => void;
  /** Stops unfinished runs at once. Finished runs keep their files. */
  readonly signal?: AbortSignal;
}

/** The runs were stopped by the signal. */
class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/**
 * Runs all tasks and returns their records in the order of the tasks. Runs are in worker threads, which can be stopped in the middle of
 * a scheduling pass. Only a single run without a signal is in this thread.
 * @throws InputError of the first task that fails, or when two would write to one folder; Interrupted.
 */
export async function runMany(tasks: readonly RunTask[], hooks: RunManyHooks = {}): Promise<RunRecord[]> {
  if (tasks.length === 0) return [];
  checkFolders(tasks);
  if (hooks.signal !== undefined || needsThread(tasks)) return runInWorkers(tasks, hooks);
  const record = await performRun(tasks[0], { pause: (progress) => hooks.progress?.(0, progress) });
  hooks.done?.(0, record);
  return [record];
}

/**
 * Must these runs be in threads? Several runs are faster so; the files of a run that is stopped must be removed; and a policy from a
 * file may never return.
 */
export function needsThread(tasks: readonly RunTask[]): boolean {
  return tasks.length > 1 || tasks.some((task) => writesFiles(task) || isFromFile(task));
}

/** Two policy files of one name would write to one folder. @throws InputError */
function checkFolders(tasks: readonly RunTask[]): void {
  const folders = tasks.map((task) => task.out);
  const twice = folders.find((folder, i) => folder !== undefined && folders.indexOf(folder) !== i);
  if (twice !== undefined)
    throw new InputError({ file: twice }, 'two of the runs would write to this folder');
}

async function runInWorkers(tasks: readonly RunTask[], hooks: RunManyHooks): Promise<RunRecord[]> {
  const records: RunRecord[] = new Array(tasks.length);
  const stop = new AbortController();
  hooks.signal?.addEventListener('abort', () => stop.abort(), { once: true });
  if (hooks.signal?.aborted === true) stop.abort();
  let next = 0;
  const lane = async () => {
    // Runs of shipped policies share a thread, whose code is compiled and warm after the first one. A policy from a file gets its own.
    let shared: RunThread | undefined;
    try {
      while (next < tasks.length && !stop.signal.aborted) {
        const place = next++;
        const task = tasks[place];
        const progress = (now: RunProgress) => hooks.progress?.(place, now);
        if (isFromFile(task)) {
          const own = new RunThread();
          records[place] = await own.perform(task, stop.signal, progress).finally(() => own.end());
        } else {
          shared ??= new RunThread();
          records[place] = await shared.perform(task, stop.signal, progress);
        }
        hooks.done?.(place, records[place]);
      }
    } finally {
      await shared?.end();
    }
  };
  const lanes = Array.from({ length: Math.min(tasks.length, availableParallelism()) }, () =>
    lane().catch((error) => {
      stop.abort();
      throw error;
    }),
  );
  const results = await Promise.allSettled(lanes);
  const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as Error] : []));
  const first = errors.find((error) => !(error instanceof Interrupted)) ?? errors[0];
  if (first !== undefined) throw first;
  if (stop.signal.aborted) throw new Interrupted();
  return records;
}

function isFromFile({ spec }: RunTask): boolean {
  return isPolicyPath(parsePolicyUse(spec.policy).name);
}

/** A worker thread that performs one run after another. After a run that fails or is stopped, it is of no more use. */
class RunThread {
  private readonly worker: Worker;

  constructor() {
    const file = join(packageRoot(), 'dist', 'worker.js');
    if (!existsSync(file)) throw new InputError({ file }, 'is missing; run npm run build');
    this.worker = new Worker(file);
  }

  perform(task: RunTask, signal: AbortSignal, progress: (progress: RunProgress) => void): Promise<RunRecord> {
    const { worker } = this;
    const watch = new DecisionWatch();
    let stop = () => {};
    let stopWatching = () => {};
    let listenNoMore = () => {};
    return new Promise<RunRecord>((resolve, reject) => {
      stop = () => reject(new Interrupted());
      signal.addEventListener('abort', stop);
      if (signal.aborted) stop();
      stopWatching = watchDecisions(watch, task.decisionLimit ?? DECISION_LIMIT, (now) =>
        reject(neverReturned(task, now)),
      );
      const answered = (message: WorkerMessage) => {
        if (message.kind === 'progress') progress(message.progress);
        else if (message.kind === 'done') resolve(message.record);
        else if (message.kind === 'refused') reject(new InputError(message.place, message.problem));
        else reject(new Error(message.stack));
      };
      const ended = () => reject(endedEarly(task));
      worker.on('message', answered).on('error', reject).on('exit', ended);
      listenNoMore = () => worker.off('message', answered).off('error', reject).off('exit', ended);
      worker.postMessage({ task, watch: watch.shared } satisfies WorkerInput);
    })
      .catch(async (error) => {
        // The thread may still write to the files.
        await this.end();
        discardPartialFiles(task);
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
function endedEarly({ spec }: RunTask): Error {
  const { name } = parsePolicyUse(spec.policy);
  return isPolicyPath(name) ? exitRefused(name) : new Error('a worker ended without a result');
}

/** Default of `--decision-limit`, in milliseconds. */
const DECISION_LIMIT = 60_000;

function neverReturned(task: RunTask, now: Micros): InputError {
  const seconds = (task.decisionLimit ?? DECISION_LIMIT) / 1000;
  const when = Number.isNaN(now) ? 'while it was set up' : `at ${secondsText(now)} s of simulated time`;
  return new InputError(
    { file: parsePolicyUse(task.spec.policy).name },
    `the policy did not return within ${seconds} s ${when} (--decision-limit)`,
  );
}
