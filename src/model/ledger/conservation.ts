import type { Cluster } from './cluster.js';
import { NONE } from './columns.js';
import type { FreeTable } from './free-table.js';
import { type MachineId, WHOLE_DEVICE } from './machine.js';

/**
 * The first place where the ledger does not balance, as text; undefined when it does: on each machine and in each
 * dimension, free + offered + claimed + allocated = capacity with at least 0 free, and the parts of each GPU device add up to a
 * whole one.
 */
export function imbalance(cluster: Cluster): string | undefined {
  const { machines, space } = cluster;
  const { sums, devices } = heldAmounts(cluster);
  for (let machine = 0; machine < machines.count; machine++) {
    for (let d = 0; d < space.size; d++) {
      const at = machine * space.size + d;
      const free = cluster.free.free[at];
      if (free < 0) return `machine ${machine} has ${free} of ${space.names[d]} free`;
      if (sums[at] !== machines.capacity[at])
        return `machine ${machine} has ${machines.capacity[at]} of ${space.names[d]}, but ${sums[at]} are free, offered, claimed or allocated`;
    }
    for (let device = machines.gpuStart[machine]; device < machines.gpuStart[machine + 1]; device++)
      if (devices[device] !== WHOLE_DEVICE)
        return `device ${device - machines.gpuStart[machine]} of machine ${machine} adds up to ${devices[device]} thousandths`;
  }
  return undefined;
}

interface HeldAmounts {
  readonly sums: Float64Array;
  readonly devices: Float64Array;
}

function heldAmounts(cluster: Cluster): HeldAmounts {
  const { machines, space, offered, frameworks, tasks } = cluster;
  const held = {
    sums: new Float64Array(machines.count * space.size),
    devices: new Float64Array(machines.gpuStart[machines.count]),
  };
  addTable(held, cluster.free);
  for (let framework = 0; framework < frameworks.length; framework++) addTable(held, offered.of(framework));
  for (const table of offered.wholeCells) addTable(held, table);
  for (const claims of offered.claims)
    for (let i = 0; i < claims.length; i++)
      addTask(held, cluster, claims.machine[i], claims.taskClass[i], claims.taken[i]);
  cluster.claims.eachShare((machine, have, deviceHave) => {
    for (let d = 0; d < space.size; d++) held.sums[machine * space.size + d] += have[d];
    const start = machines.gpuStart[machine];
    for (let device = 0; device < deviceHave.length; device++)
      held.devices[start + device] += deviceHave[device];
  });
  for (let machine = 0; machine < machines.count; machine++)
    for (let task = machines.firstTask[machine]; task !== NONE; task = tasks.nextOnMachine[task])
      addTask(held, cluster, machine, tasks.taskClass[task], tasks.devices[task]);
  return held;
}

function addTable({ sums, devices }: HeldAmounts, table: FreeTable): void {
  const end = table.count * table.dims;
  for (let at = 0; at < end; at++) sums[at] += table.free[at];
  const deviceEnd = table.machines.gpuStart[table.count];
  for (let device = 0; device < deviceEnd; device++) devices[device] += table.gpuFree[device];
}

function addTask(
  { sums, devices }: HeldAmounts,
  { classes, machines, space }: Cluster,
  machine: MachineId,
  taskClass: number,
  mask: number,
): void {
  for (let d = 0; d < space.size; d++)
    sums[machine * space.size + d] += classes.demand[taskClass * space.size + d];
  for (let rest = mask, device = machines.gpuStart[machine]; rest !== 0; rest >>>= 1, device++)
    if ((rest & 1) !== 0) devices[device] += classes.gpuMilliEach[taskClass];
}
