import { enterAttributes } from './attributes.js';
import type { Cluster } from './cluster.js';
import { NONE } from './columns.js';
import { LedgerError } from './ledger-error.js';
import type { MachineId, MachineSpec } from './machine.js';

/** New properties of a machine. */
export interface MachineUpdate {
  /** In quanta, one entry per dimension. The number of GPU devices cannot change. */
  readonly capacity: ArrayLike<number>;
  readonly attributes: Readonly<Record<string, string>>;
}

/**
 * Gives a machine another capacity and other attributes. Its tasks stay, also those whose constraints it no longer satisfies. They must
 * fit, and nothing may be offered. Claims there end. @throws LedgerError when the tasks do not fit.
 */
export function updateMachine(cluster: Cluster, machine: MachineId, update: MachineUpdate): void {
  const { machines, rules, space, tasks } = cluster;
  const gpus = space.gpuDimension;
  if (gpus >= 0 && update.capacity[gpus] !== machines.capacity[machine * space.size + gpus])
    throw new LedgerError(`machine ${machine} cannot get other GPU devices`);
  cluster.setCapacity(machine, update.capacity);
  const spec: MachineSpec = { ...machines.specs[machine], ...update };
  // Rules count tasks by the attributes of their machines.
  const next = tasks.nextOnMachine;
  for (let task = machines.firstTask[machine]; task !== NONE; task = next[task]) rules.removed(task, machine);
  machines.describe(machine, spec);
  enterAttributes(cluster, machine);
  for (let task = machines.firstTask[machine]; task !== NONE; task = next[task]) rules.placed(task, machine);
  cluster.free.changes.record(machine);
}
