import type { FreeTable, MachineId, TaskClassId } from '../../model/index.js';

/**
 * What would be left on a machine after the task, as a sum over all dimensions of the share of the machine's capacity.
 * Dimensions that the machine does not have count nothing.
 */
export function leftOver(table: FreeTable, machine: MachineId, taskClass: TaskClassId): number {
  const dims = table.dims;
  const capacity = table.machines.capacity;
  const demand = table.classes.demand;
  const row = machine * dims;
  const want = taskClass * dims;
  let sum = 0;
  for (let d = 0; d < dims; d++) {
    const size = capacity[row + d];
    if (size > 0) sum += (table.free[row + d] - demand[want + d]) / size;
  }
  return sum;
}
