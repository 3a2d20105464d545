import { rowAt, TaskBatch, type Trace } from '../src/workloads/trace.js';

export {
  type RowSketch,
  rowsOf,
  type TraceParts,
  traceOf,
} from '../src/workloads/row-sketch.js';

/** The same trace with a different batch size, which must not affect the results. */
export function inBatchesOf(rowsPerBatch: number, trace: Trace): Trace {
  return { ...trace, batches: () => rebatched(rowsPerBatch, trace) };
}

async function* rebatched(rowsPerBatch: number, trace: Trace): AsyncIterable<TaskBatch> {
  for await (const batch of trace.batches()) {
    for (let from = 0; from < batch.length; from += rowsPerBatch) {
      const part = new TaskBatch(batch.dims, rowsPerBatch);
      for (let row = from; row < Math.min(from + rowsPerBatch, batch.length); row++)
        part.push(rowAt(batch, row));
      yield part;
    }
    yield new TaskBatch(batch.dims, 1);
  }
}
