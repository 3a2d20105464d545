import type { FreeTable, MachineId, TaskClassId, TaskId } from '../../model/index.js';
import type { SchedulingView } from '../contract.js';

/** What would be free on one machine if some of its tasks were gone and others had come: a copy to try things out on. */
export class MachineRoom {
  readonly machine: MachineId;
  private readonly table: FreeTable;
  private readonly free: Int32Array;
  private readonly gpuFree: Int32Array;

  constructor(table: FreeTable, machine: MachineId) {
    const { dims } = table;
    const { gpuStart } = table.machines;
    this.machine = machine;
    this.table = table;
    this.free = table.free.slice(machine * dims, (machine + 1) * dims);
    this.gpuFree = table.gpuFree.slice(gpuStart[machine], gpuStart[machine + 1]);
  }

  /** Would a task of this class have room? Says nothing of constraints. */
  fits(taskClass: TaskClassId): boolean {
    const { dims, classes } = this.table;
    for (let d = 0; d < dims; d++) if (this.free[d] < classes.demand[taskClass * dims + d]) return false;
    const milli = classes.gpuMilliEach[taskClass];
    return this.gpuFree.filter((left) => left >= milli).length >= classes.gpuCount[taskClass];
  }

  /** The task leaves (sign 1), or comes back to where it was (sign -1). */
  move(view: SchedulingView, task: TaskId, sign: 1 | -1): void {
    const { classes } = this.table;
    const taskClass = view.tasks.taskClass[task];
    this.moveAmounts(taskClass, sign);
    for (let rest = view.tasks.devices[task], device = 0; rest !== 0; rest >>>= 1, device++) {
      if ((rest & 1) !== 0) this.gpuFree[device] += sign * classes.gpuMilliEach[taskClass];
    }
  }

  /** A task of this class comes, and takes the devices that the ledger would choose: those with the least left that suffice. */
  take(taskClass: TaskClassId): void {
    const { classes } = this.table;
    const milli = classes.gpuMilliEach[taskClass];
    this.moveAmounts(taskClass, -1);
    const fitting = [...this.gpuFree.keys()]
      .filter((device) => this.gpuFree[device] >= milli)
      .sort((a, b) => this.gpuFree[a] - this.gpuFree[b] || a - b);
    for (const device of fitting.slice(0, classes.gpuCount[taskClass])) this.gpuFree[device] -= milli;
  }

  private moveAmounts(taskClass: TaskClassId, sign: 1 | -1): void {
    const { dims, classes } = this.table;
    for (let d = 0; d < dims; d++) this.free[d] += sign * classes.demand[taskClass * dims + d];
  }
}
