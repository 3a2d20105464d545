import type { TaskBatch, Trace } from './trace.js';

/** Looks at the rows of a trace as they pass. */
export interface RowLook {
  /** Returns false once it needs no further rows. @throws InputError */
  take(batch: TaskBatch): boolean;
}

/** Passes the rows of a trace to all looks, until none needs more. */
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
