import { Interrupted } from '../lab/run/node/run-thread.js';

/** The result of work that the signal may stop. @throws the reason of the signal, if it did. */
export async function stoppedBy<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  signal?.throwIfAborted();
  try {
    return await work();
  } catch (error) {
    if (error instanceof Interrupted) signal?.throwIfAborted();
    throw error;
  }
}
