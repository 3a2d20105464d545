import type { Micros } from '../../model/index.js';
import type { MixedShape, TaskMix } from '../../policies/policy.js';
import { lookThrough, type RowLook } from '../../workloads/look-through.js';
import type { TaskBatch, Trace } from '../../workloads/trace.js';

/**
 * The shapes of the tasks of a workload, with the number of tasks of each. They come from the history of the workload if it has
 * one. Otherwise they come from the tasks submitted within `horizon` after the first one.
 */
export async function taskMixOf(trace: Trace, horizon: Micros): Promise<TaskMix> {
  const look = new MixLook(trace, horizon);
  await lookThrough(trace.history?.() ?? trace.batches(), [look]);
  return look.mix();
}

/** Gathers a task mix from rows of a trace. */
export class MixLook implements RowLook {
  private readonly trace: Trace;
  private readonly horizon: Micros;
  private readonly counted = new Map<string, Counted>();
  private first = Number.POSITIVE_INFINITY;

  constructor(trace: Trace, horizon: Micros) {
    this.trace = trace;
    this.horizon = horizon;
  }

  take(batch: TaskBatch): boolean {
    for (let row = 0; row < batch.length; row++) {
      this.first = Math.min(this.first, batch.submit[row]);
      if (batch.submit[row] - this.first > this.horizon) return false;
      count(this.counted, this.trace, batch, row);
    }
    return true;
  }

  /** The mix of all rows taken so far. */
  mix(): TaskMix {
    return [...this.counted.values()];
  }
}

type Counted = MixedShape & { tasks: number };

function count(mix: Map<string, Counted>, trace: Trace, batch: TaskBatch, row: number): void {
  const demand = batch.demand.subarray(row * batch.dims, (row + 1) * batch.dims);
  const key = `${demand.join()},${batch.gpuCount[row]},${batch.gpuMilliEach[row]},${batch.constraint[row]}`;
  const known = mix.get(key);
  if (known !== undefined) {
    known.tasks += batch.tasks[row];
    return;
  }
  mix.set(key, {
    demand: demand.slice(),
    gpuCount: batch.gpuCount[row],
    gpuMilliEach: batch.gpuMilliEach[row],
    constraint: trace.constraints[batch.constraint[row]],
    tasks: batch.tasks[row],
  });
}
