import { TaskBatch, type TaskRow, type Trace } from '../src/workloads/trace.js';

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
        part.push(rowOf(batch, row));
      yield part;
    }
    yield new TaskBatch(batch.dims, 1);
  }
}

function rowOf(batch: TaskBatch, row: number): TaskRow {
  const vector = (column: Int32Array | Float64Array) =>
    column.subarray(row * batch.dims, (row + 1) * batch.dims);
  const usage = vector(batch.usage);
  return {
    job: batch.job[row],
    framework: batch.framework[row],
    submit: batch.submit[row],
    tasks: batch.tasks[row],
    demand: vector(batch.demand),
    gpuCount: batch.gpuCount[row],
    gpuMilliEach: batch.gpuMilliEach[row],
    constraint: batch.constraint[row],
    estimate: batch.estimate[row],
    timeLimit: batch.timeLimit[row],
    priority: batch.priority[row],
    gang: batch.gang[row] === 1,
    minimum: batch.minimum?.[row] ?? 0,
    rule: batch.rule[row],
    user: batch.user[row],
    labels: batch.labels[row],
    deadline: batch.deadline[row],
    duration: batch.duration[row],
    failAfter: batch.failAfter[row],
    usage: Number.isNaN(usage[0]) ? undefined : usage,
    curve: batch.curve[row],
  };
}
