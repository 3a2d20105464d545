import { availableParallelism } from 'node:os';
import type { RunRecord } from '../../../metrics/run-record.js';
import { InputError } from '../../../model/index.js';
import { SharedTraces } from '../../trace-cache/shared-traces.js';
import type { RunProgress } from '../run-spec.js';
import { discardPartialFiles, performRun, type RunTask, writesFiles } from './run-task.js';
import { Interrupted, isFromFile, RunThread } from './run-thread.js';

/** Progress and interruption of a batch of runs. */
export interface RunManyHooks {
  readonly progress?: (task: number, progress: RunProgress) => void;
  readonly done?: (task: number, record: RunRecord) => void;
  /** Stops unfinished runs at once. Finished runs keep their files. */
  readonly signal?: AbortSignal;
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
  return tasks.length > 1 || tasks.some((task) => writesFiles(task) || isFromFile(task.spec));
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
  const traces = tasks.length > 1 ? new SharedTraces() : undefined;
  let next = 0;
  const lane = async () => {
    // Runs of shipped policies share a thread, whose code is compiled and warm after the first one. A policy from a file gets its own.
    let shared: RunThread | undefined;
    try {
      while (next < tasks.length && !stop.signal.aborted) {
        const place = next++;
        const task = tasks[place];
        const { progress: follow } = hooks;
        const progress = follow && ((now: RunProgress) => follow(place, now));
        if (isFromFile(task.spec)) {
          const own = new RunThread(traces);
          records[place] = await performIn(own, task, stop.signal, progress).finally(() => own.end());
        } else {
          shared ??= new RunThread(traces);
          records[place] = await performIn(shared, task, stop.signal, progress);
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

async function performIn(
  thread: RunThread,
  task: RunTask,
  signal: AbortSignal,
  progress: ((progress: RunProgress) => void) | undefined,
): Promise<RunRecord> {
  try {
    const work = { kind: 'run', task } as const;
    return await thread.perform<RunRecord>(work, { signal, progress, decisionLimit: task.decisionLimit });
  } catch (error) {
    // The thread has ended, so it no longer writes to the files.
    discardPartialFiles(task);
    throw error;
  }
}
