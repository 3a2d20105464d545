import { grown } from './columns.js';
import type { Constraints } from './constraints.js';
import { LedgerError } from './ledger-error.js';
import { type DeviceMask, type MachineId, WHOLE_DEVICE } from './machine.js';
import type { MachineTable } from './machine-table.js';
import type { RoomClaims } from './room-claims.js';
import type { TaskClasses, TaskClassId } from './task-classes.js';

/**
 * Free resources of each machine from the view of one scheduler: the ledger's own table for a monolithic scheduler, the
 * offered amounts for a framework, a private copy for a shared-state scheduler. Rows are machine ids in every table, so
 * placement code and indexes work on all of them.
 *
 * Rows are interleaved (`free[machine * dims + dimension]`), because a fit check reads all dimensions of one machine.
 */
export class FreeTable {
  readonly dims: number;
  readonly machines: MachineTable;
  readonly classes: TaskClasses;
  readonly constraints: Constraints;
  /** Number of rows. */
  count = 0;
  free: Int32Array;
  /** 1 if tasks may be placed: the machine is up and, in a framework's table, has an offer. */
  open: Uint8Array;
  /** Free thousandths of each device; see MachineTable.gpuStart. */
  gpuFree: Int32Array;
  /** The changes that may make room on a machine: all but starts of tasks. */
  readonly gains: ChangeLog;
  readonly changes: ChangeLog;
  /** Claims of room that is missing here, and that their jobs may use; undefined for a table without claims. */
  claims: RoomClaims | undefined;
  /** Whether starts and ends of all tasks on a machine are changes of this table, or only those of tasks placed from it. */
  readonly records: 'all tasks' | 'own tasks';

  constructor(
    machines: MachineTable,
    classes: TaskClasses,
    constraints: Constraints,
    records: 'all tasks' | 'own tasks' = 'own tasks',
  ) {
    this.records = records;
    // There is one table of all tasks, and one or two for each framework.
    const remembered = records === 'all tasks' ? REMEMBERED : FIRST_RING;
    this.gains = new ChangeLog(remembered);
    this.changes = new ChangeLog(remembered, this.gains);
    this.dims = classes.dims;
    this.machines = machines;
    this.classes = classes;
    this.constraints = constraints;
    this.free = new Int32Array(16 * this.dims);
    this.open = new Uint8Array(16);
    this.gpuFree = new Int32Array(0);
  }

  /** Adds closed, empty rows for new machines. */
  addRows(): void {
    this.count = this.machines.count;
    this.free = grown(this.free, this.count * this.dims);
    this.open = grown(this.open, this.count);
    this.gpuFree = grown(this.gpuFree, this.machines.gpuStart[this.count]);
    // After more changes than machines, a reader looks at all machines.
    this.changes.extend(Math.min(REMEMBERED, 2 * this.count));
  }

  /** Opens a machine with all of its capacity free. */
  fill(machine: MachineId): void {
    const row = machine * this.dims;
    for (let d = 0; d < this.dims; d++) this.free[row + d] = this.machines.capacity[row + d];
    this.gpuFree.fill(WHOLE_DEVICE, this.machines.gpuStart[machine], this.machines.gpuStart[machine + 1]);
    this.setOpen(machine, true);
  }

  setOpen(machine: MachineId, open: boolean): void {
    this.open[machine] = open ? 1 : 0;
    this.changes.record(machine);
  }

  /** Whether nothing is free on this machine. */
  isEmpty(machine: MachineId): boolean {
    const row = machine * this.dims;
    for (let d = 0; d < this.dims; d++) if (this.free[row + d] > 0) return false;
    return true;
  }

  /** Whether a task of this class may be placed on this machine now. */
  fits(machine: MachineId, taskClass: TaskClassId): boolean {
    if (this.open[machine] === 0) return false;
    const dims = this.dims;
    const demand = this.classes.demand;
    let row = machine * dims;
    let want = taskClass * dims;
    for (let d = 0; d < dims; d++) if (this.free[row++] < demand[want++]) return false;
    if (this.classes.gpuCount[taskClass] > 0 && !this.hasDevices(machine, taskClass)) return false;
    return this.constraints.allows(this.classes.constraint[taskClass], machine);
  }

  private hasDevices(machine: MachineId, taskClass: TaskClassId): boolean {
    const milli = this.classes.gpuMilliEach[taskClass];
    let missing = this.classes.gpuCount[taskClass];
    const end = this.machines.gpuStart[machine + 1];
    for (let device = this.machines.gpuStart[machine]; device < end; device++) {
      if (this.gpuFree[device] >= milli && --missing === 0) return true;
    }
    return false;
  }

  /**
   * The devices of a task whose policy chooses none: best fit. Devices with the least sufficient free amount come
   * first, the lowest index on ties. So whole-device tasks get idle devices in index order. 0 if the task needs no
   * device, or if the machine has too few.
   */
  bestFitDevices(machine: MachineId, taskClass: TaskClassId): DeviceMask {
    const milli = this.classes.gpuMilliEach[taskClass];
    const start = this.machines.gpuStart[machine];
    const end = this.machines.gpuStart[machine + 1];
    let mask = 0;
    for (let wanted = this.classes.gpuCount[taskClass]; wanted > 0; wanted--) {
      let best = -1;
      for (let device = start; device < end; device++) {
        const left = this.gpuFree[device];
        if (left < milli || (mask & (1 << (device - start))) !== 0) continue;
        if (best < 0 || left < this.gpuFree[best]) best = device;
      }
      if (best < 0) return 0;
      mask |= 1 << (best - start);
    }
    return mask;
  }

  /** Whether these devices suit a task of this class: the right number, each with enough free. */
  devicesFit(machine: MachineId, taskClass: TaskClassId, mask: DeviceMask): boolean {
    const milli = this.classes.gpuMilliEach[taskClass];
    const end = this.machines.gpuStart[machine + 1];
    let count = 0;
    for (let rest = mask, device = this.machines.gpuStart[machine]; rest !== 0; rest >>>= 1, device++) {
      if ((rest & 1) === 0) continue;
      if (device >= end || this.gpuFree[device] < milli) return false;
      count++;
    }
    return count === this.classes.gpuCount[taskClass];
  }

  /** Subtracts (sign -1) or adds (sign +1) the demand of one task, without checks. The ledger has checked the change. */
  move(machine: MachineId, taskClass: TaskClassId, mask: DeviceMask, sign: 1 | -1): void {
    const dims = this.dims;
    const demand = this.classes.demand;
    let row = machine * dims;
    let want = taskClass * dims;
    for (let d = 0; d < dims; d++) this.free[row++] += sign * demand[want++];
    if (mask !== 0) this.moveDevices(machine, mask, sign * this.classes.gpuMilliEach[taskClass]);
    if (sign === 1) this.changes.record(machine);
    else this.changes.recordLoss(machine);
  }

  private moveDevices(machine: MachineId, mask: DeviceMask, milli: number): void {
    for (let rest = mask, device = this.machines.gpuStart[machine]; rest !== 0; rest >>>= 1, device++) {
      if ((rest & 1) !== 0) this.gpuFree[device] += milli;
    }
  }
}

/**
 * Changes the capacity of a machine (quanta per dimension); the allocated amounts stay. @throws LedgerError when they
 * exceed the new capacity.
 */
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
  table.changes.record(machine);
}

/**
 * Changes the class of one task on the machine. Returns false without a change if too little is free. Devices do not
 * change.
 */
export function swapClass(table: FreeTable, machine: MachineId, from: TaskClassId, to: TaskClassId): boolean {
  const { demand } = table.classes;
  const dims = table.machines.space.size;
  for (let d = 0; d < dims; d++)
    if (demand[to * dims + d] - demand[from * dims + d] > table.free[machine * dims + d]) return false;
  table.move(machine, from, 0, 1);
  table.move(machine, to, 0, -1);
  return true;
}

/** Number of changes that a log remembers. */
const REMEMBERED = 4096;

/** Size of a ring that has had few changes. A framework's table may have few for ever, and there may be many frameworks. */
const FIRST_RING = 64;

/**
 * The latest changes of a table, as a ring buffer of machine ids. Indexes and snapshots keep a cursor and update
 * themselves at their next query. So the ledger does not depend on them, and a change costs one store.
 */
export class ChangeLog {
  /** Number of changes recorded so far. */
  head = 0;
  private ring: Int32Array;
  private mask: number;
  /** Number of changes that are remembered. The ring reaches this length before it drops any. */
  private length: number;
  /** A log of the changes that are no losses. */
  private readonly gains: ChangeLog | undefined;

  /** `size` is rounded up to a power of two. */
  constructor(size = REMEMBERED, gains?: ChangeLog) {
    this.gains = gains;
    this.length = roundedUp(size);
    this.ring = new Int32Array(Math.min(this.length, FIRST_RING));
    this.mask = this.ring.length - 1;
  }

  /** Remembers at least `size` changes from now on, rounded up to a power of two. */
  extend(size: number): void {
    this.gains?.extend(size);
    const length = roundedUp(size);
    if (length <= this.length) return;
    const hasDropped = this.head > this.length;
    this.length = length;
    if (hasDropped) this.forgetOwn();
  }

  record(machine: number): void {
    this.recordLoss(machine);
    this.gains?.record(machine);
  }

  /** Records a change that only takes room on the machine. */
  recordLoss(machine: number): void {
    if (this.head > this.mask && this.mask < this.length - 1) this.widen();
    this.ring[this.head & this.mask] = machine;
    this.head++;
  }

  private widen(): void {
    const { ring, mask } = this;
    let wide = 2 * ring.length;
    while (wide < this.length && wide <= this.head) wide *= 2;
    this.ring = new Int32Array(wide);
    this.mask = wide - 1;
    for (let i = Math.max(0, this.head - ring.length); i < this.head; i++)
      this.ring[i & this.mask] = ring[i & mask];
  }

  /** Any row may have changed, so every reader must rebuild. */
  forget(): void {
    this.forgetOwn();
    this.gains?.forget();
  }

  private forgetOwn(): void {
    this.head += this.length + 1;
  }

  /** False if more changes happened since `cursor` than the ring holds. Then the reader must rebuild. */
  remembers(cursor: number): boolean {
    return this.head - cursor <= this.length;
  }

  /** The machine of change number `index`, for cursor <= index < head. */
  at(index: number): number {
    return this.ring[index & this.mask];
  }
}

function roundedUp(size: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(2, size)));
}
