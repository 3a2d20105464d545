import type { TaskBatch, Trace } from './trace.js';

/** A check of the rows of a trace, batch by batch. */
export interface RowLook {
  /** Returns false once it needs no further rows. @throws InputError */
  take(batch: TaskBatch): boolean;
}

/** Passes the rows of a trace to all checks until none needs more. */
export async function lookThrough(
  rows: ReturnType<Trace['batches']>,
  looks: readonly RowLook[],
): Promise<void> {
  let open = looks;
  if (open.length === 0) return;
  for await (const batch of rows) {
    open = open.filter((look) => look.take(batch));
    if (open.length === 0) return;
  }
}
