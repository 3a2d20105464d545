import type { Micros } from '../../model/index.js';
import type { MixedShape, TaskMix } from '../../policies/policy.js';
import type { TaskBatch, Trace } from '../../workloads/trace.js';

/**
 * What the tasks of a workload ask for, and how many ask for it: of its history where it has one, else of a look through the
 * tasks that will be submitted within `horizon` of the first.
 */
export async function taskMixOf(trace: Trace, horizon: Micros): Promise<TaskMix> {
  const mix = new Map<string, Counted>();
  let first = Number.POSITIVE_INFINITY;
  for await (const batch of trace.history?.() ?? trace.batches()) {
    for (let row = 0; row < batch.length; row++) {
      first = Math.min(first, batch.submit[row]);
      if (batch.submit[row] - first > horizon) return [...mix.values()];
      count(mix, trace, batch, row);
    }
  }
  return [...mix.values()];
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
