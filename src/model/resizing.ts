import type { FreeTable } from './free-table.js';
import { LedgerError } from './ledger-error.js';
import type { MachineId } from './machine.js';
import type { TaskClassId } from './task-classes.js';

/** Gives a machine another capacity (quanta per dimension), of which as much is taken as before. @throws LedgerError when that is more than it has. */
export function resizeRow(table: FreeTable, machine: MachineId, capacity: ArrayLike<number>): void {
  const { free, machines } = table;
  const dims = machines.space.size;
  const row = machine * dims;
  for (let d = 0; d < dims; d++)
    if (free[row + d] + capacity[d] - machines.capacity[row + d] < 0)
      throw new LedgerError(`machine ${machine} has more taken of resource ${d} than ${capacity[d]}`);
  for (let d = 0; d < dims; d++) {
    free[row + d] += capacity[d] - machines.capacity[row + d];
    machines.capacity[row + d] = capacity[d];
  }
  // Its capacity comes and goes: it is counted as alike to no other machine (numbers of shapes begin with 0).
  machines.shape[machine] = -1 - machine;
  table.changes.record(machine);
}

/** One task on the machine asks for the second class instead of the first; false, and nothing changes, where too little is free. Devices stay as they are. */
export function swapClass(table: FreeTable, machine: MachineId, from: TaskClassId, to: TaskClassId): boolean {
  const { demand } = table.classes;
  const dims = table.machines.space.size;
  for (let d = 0; d < dims; d++)
    if (demand[to * dims + d] - demand[from * dims + d] > table.free[machine * dims + d]) return false;
  table.move(machine, from, 0, 1);
  table.move(machine, to, 0, -1);
  return true;
}
