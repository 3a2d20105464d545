import { type Cluster, type MachineId, satisfies, type TaskClassId } from '../model/index.js';
import type { MachineChange, MachineVersion } from '../workloads/machine-change.js';

/**
 * The changes of machines that are still to come. The trace announces them to the simulation, which rejects no job that could run
 * after one of them. Policies do not know them.
 */
export class AnnouncedMachines {
  /** Number of changes that have happened. */
  happened = 0;
  private readonly changes: readonly MachineChange[];
  /** `versionsFrom[i]`: number of additions and updates among the changes from `i` on. */
  private readonly versionsFrom: Int32Array;

  /** `changes` in order of time. */
  constructor(changes: readonly MachineChange[]) {
    this.changes = changes;
    this.versionsFrom = new Int32Array(changes.length + 1);
    for (let i = changes.length - 1; i >= 0; i--)
      this.versionsFrom[i] = this.versionsFrom[i + 1] + (changes[i].kind === 'remove' ? 0 : 1);
  }

  /** The next change; undefined after the last one. */
  get next(): MachineChange | undefined {
    return this.changes[this.happened];
  }

  /** Is a machine still to be added or updated? Until then, no set of machines proves that a gang can never stand. */
  get mayGrow(): boolean {
    return this.versionsFrom[this.happened] > 0;
  }

  /** Would a task of the class fit, alone, a machine that is still to be added or updated? */
  willFit(cluster: Cluster, taskClass: TaskClassId, mayUse?: (machine: MachineId) => boolean): boolean {
    if (!this.mayGrow) return false;
    for (let i = this.happened; i < this.changes.length; i++) {
      const change = this.changes[i];
      if (change.kind === 'remove' || mayUse?.(change.machine) === false) continue;
      if (fits(cluster, taskClass, change)) return true;
    }
    return false;
  }
}

function fits(
  { classes, constraints, machines, space }: Cluster,
  taskClass: TaskClassId,
  { machine, capacity, attributes }: MachineVersion,
): boolean {
  for (let d = 0; d < space.size; d++)
    if (capacity[d] < classes.demand[taskClass * space.size + d]) return false;
  if (classes.gpuCount[taskClass] > machines.devices(machine)) return false;
  const { name, supply = 'own' } = machines.specs[machine];
  const conjunction = constraints.conjunction(classes.constraint[taskClass]);
  return satisfies({ machine: name, supply, ...attributes }, conjunction);
}
