import { type MessagePort, workerData } from 'node:worker_threads';
import { ThreadTraces } from './shared-traces.js';

/** What a worker thread gets when it starts. */
export interface ThreadData {
  /** Undefined if it performs one run alone, which reads its trace itself. */
  readonly traces: MessagePort | undefined;
}

const port = (workerData as Partial<ThreadData> | null)?.traces;

/** The converted traces that this thread shares with others; undefined if it shares none. */
export const tracesOfThread: ThreadTraces | undefined =
  port === undefined ? undefined : new ThreadTraces(port);
