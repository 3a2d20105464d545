import { parentPort } from 'node:worker_threads';
import { InputError } from '../../../model/index.js';
import { DecisionWatch } from '../../policy-file/decision-watch.js';
import type { WorkerInput, WorkerMessage } from './run-many.js';
import { performRun } from './run-task.js';

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

parentPort?.on('message', ({ task, watch }: WorkerInput) => {
  lateError = undefined;
  performRun(task, {
    watch: new DecisionWatch(watch),
    pause: (progress) => send({ kind: 'progress', progress }),
  }).then(
    (record) =>
      setImmediate(() => (lateError === undefined ? send({ kind: 'done', record }) : fail(lateError))),
    fail,
  );
});
