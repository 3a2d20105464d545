import { parentPort } from 'node:worker_threads';
import { InputError } from '../../../model/index.js';
import { DecisionWatch } from '../../policy-file/decision-watch.js';
import { writeCell } from '../../sweep/cell-folder.js';
import { refusalOf } from '../../sweep/cell-identity.js';
import { performCell } from '../../sweep/perform-cell.js';
import type { RunHooks, RunProgress } from '../run-spec.js';
import { performRun } from './run-task.js';
import type { ThreadWork, WorkerInput, WorkerMessage } from './run-thread.js';

/** Entry of a worker thread: performs the runs that it receives, one after another, and posts their results. */
const send = (message: WorkerMessage) => parentPort?.postMessage(message);

const fail = (error: Error) =>
  send(
    error instanceof InputError
      ? { kind: 'refused', place: error.place, problem: error.problem }
      : { kind: 'failed', stack: error.stack ?? error.message },
  );

// A policy may act in a promise of its own, after its call. That must not be lost because the run ends first.
let lateError: Error | undefined;
process.on('unhandledRejection', (error: Error) => {
  lateError ??= error;
});

parentPort?.on('message', ({ work, watch, isFollowed }: WorkerInput) => {
  lateError = undefined;
  const hooks = {
    watch: new DecisionWatch(watch),
    ...(isFollowed && { pause: (progress: RunProgress) => send({ kind: 'progress', progress }) }),
  };
  perform(work, hooks).then(
    (result) =>
      setImmediate(() => (lateError === undefined ? send({ kind: 'done', result }) : fail(lateError))),
    fail,
  );
});

async function perform(work: ThreadWork, hooks: Pick<RunHooks, 'pause' | 'watch'>): Promise<unknown> {
  if (work.kind === 'run') return performRun(work.task, hooks);
  if (work.kind === 'check') return refusalOf(work.cell);
  const result = await performCell(work.task, hooks);
  if (work.results === undefined) return result;
  await writeCell(work.results, work.task.cell.id, result);
  return undefined;
}
