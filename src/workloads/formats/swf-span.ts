import { largestCapacity, type MachineSpec, type ResourceSpace, resourceKind } from '../../model/index.js';
import { rowAt, TaskBatch } from '../trace.js';

/** How a job of several processors becomes tasks: the values of `swf.span`. */
export const SPANS = ['auto', 'pool', 'cores', 'nodes'] as const;

/**
 * The number of cores of the widest task of a job for a value of `swf.span`; Infinity if a job is one task. `auto` is
 * `pool` on one machine or where no machines are known, because any processors of a pool can run a job together. On
 * several machines it is `cores`, so that a job may span them.
 */
export function widestTask(
  span: string,
  space: ResourceSpace,
  machines: readonly MachineSpec[] | undefined,
): number {
  const severalMachines = machines !== undefined && machines.length > 1;
  if (span === 'cores' || (span === 'auto' && severalMachines)) return 1;
  if (span !== 'nodes' || machines === undefined) return Number.POSITIVE_INFINITY;
  return Math.max(1, Math.floor(largestCapacity(machines, space.dimensionOf('cpus')) / quantaPerCore()));
}

/**
 * Jobs of one-core tasks as jobs of tasks with up to `width` cores: as many of the full width as possible, and one with
 * the rest. Each row must be a job.
 */
export async function* widened(
  batches: AsyncIterable<TaskBatch>,
  width: number,
  space: ResourceSpace,
): AsyncGenerator<TaskBatch> {
  const cpus = space.dimensionOf('cpus');
  for await (const batch of batches) {
    const wide = new TaskBatch(batch.dims, 2 * batch.length);
    const push = (row: number, tasks: number, cores: number, gang: boolean) => {
      const at = wide.length;
      wide.push(rowAt(batch, row));
      wide.tasks[at] = tasks;
      wide.demand[at * batch.dims + cpus] = cores * quantaPerCore();
      wide.gang[at] = gang ? 1 : 0;
    };
    for (let row = 0; row < batch.length; row++) {
      const full = Math.floor(batch.tasks[row] / width);
      const rest = batch.tasks[row] - full * width;
      const isGang = full + (rest > 0 ? 1 : 0) > 1;
      if (full > 0) push(row, full, width, isGang);
      if (rest > 0) push(row, 1, rest, isGang);
    }
    yield wide;
  }
}

function quantaPerCore(): number {
  return resourceKind('cpus')?.quantaPerUnit ?? 1;
}
