import {
  type DeviceMask,
  type FreeTable,
  grown,
  type MachineId,
  type PlacementRules,
  type TaskClassId,
  type TaskId,
} from '../../model/index.js';

/** Placements that are decided and not yet carried out, in the order in which they were made. */
export class ClaimList {
  length = 0;
  task = new Int32Array(16);
  taskClass = new Int32Array(16);
  machine = new Int32Array(16);
  /** Devices that the policy named; 0 leaves the choice to the ledger. */
  devices = new Int32Array(16);
  /** Devices that were taken from the table the claim was made on. */
  private taken = new Int32Array(16);
  private readonly table: FreeTable;
  private readonly rules: PlacementRules;

  constructor(table: FreeTable, rules: PlacementRules) {
    this.table = table;
    this.rules = rules;
  }

  /**
   * Claims room for a task: it is gone from the table at once, and the claim counts where rules of placement count tasks. The
   * caller has checked that it fits.
   */
  add(task: TaskId, taskClass: TaskClassId, machine: MachineId, devices: DeviceMask): void {
    const { table } = this;
    const needsChoice = devices === 0 && table.classes.gpuCount[taskClass] > 0;
    const taken = needsChoice ? table.bestFitDevices(machine, taskClass) : devices;
    table.move(machine, taskClass, taken, -1);
    this.rules.placed(task, machine);
    this.reserve(this.length + 1);
    this.task[this.length] = task;
    this.taskClass[this.length] = taskClass;
    this.machine[this.length] = machine;
    this.devices[this.length] = devices;
    this.taken[this.length++] = taken;
  }

  /** Gives the room of one claim back to the table and strikes it out; those behind it move up. */
  undo(index: number): void {
    this.giveBack(index);
    this.rules.removed(this.task[index], this.machine[index]);
    const end = this.length--;
    for (const column of [this.task, this.taskClass, this.machine, this.devices, this.taken])
      column.copyWithin(index, index + 1, end);
  }

  /** Gives the room of all claims back to the table; the list still names them. */
  giveBackAll(): void {
    for (let i = 0; i < this.length; i++) this.giveBack(i);
  }

  /** The claims count no longer, because the ledger is about to count what becomes of them. */
  settle(): void {
    for (let i = 0; i < this.length; i++) this.rules.removed(this.task[i], this.machine[i]);
  }

  private giveBack(index: number): void {
    this.table.move(this.machine[index], this.taskClass[index], this.taken[index], 1);
  }

  /** The place of the task's claim, or -1. */
  indexOf(task: TaskId): number {
    for (let i = 0; i < this.length; i++) if (this.task[i] === task) return i;
    return -1;
  }

  clear(): void {
    this.length = 0;
  }

  private reserve(length: number): void {
    if (this.task.length >= length) return;
    this.task = grown(this.task, length);
    this.taskClass = grown(this.taskClass, length);
    this.machine = grown(this.machine, length);
    this.devices = grown(this.devices, length);
    this.taken = grown(this.taken, length);
  }
}
