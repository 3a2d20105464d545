import { CellCopy } from './cell-copy.js';
import type { Cluster } from './cluster.js';
import { NONE } from './columns.js';
import type { FreeTable } from './free-table.js';
import type { DeviceMask, MachineId } from './machine.js';
import type { ChangedRoom, Move } from './placement-rules.js';
import { RoomClaims } from './room-claims.js';
import type { TaskId } from './task.js';

/** A change of the room, with what `undo` needs. */
type Change =
  | { readonly what: 'put'; readonly task: TaskId; readonly machine: MachineId; readonly mask: DeviceMask }
  | { readonly what: 'remove'; readonly task: TaskId; readonly machine: MachineId; readonly mask: DeviceMask }
  | { readonly what: 'neighbour' | 'open'; readonly machine: MachineId }
  | {
      readonly what: 'block';
      readonly machine: MachineId;
      readonly dimension: number;
      readonly amount: number;
    }
  | {
      readonly what: 'block-device';
      readonly machine: MachineId;
      readonly device: number;
      readonly share: number;
    };

/**
 * The room of a table as it would be after changes that are not carried out: tasks put on machines and removed from them,
 * machines opened, room blocked. The table is a copy, which follows the original at `reset`, so indexes and scores work on
 * it as on any table. Changes are undone in reverse order.
 */
export class WhatIfRoom implements ChangedRoom {
  readonly table: FreeTable;
  isEmpty = false;
  readonly puts: Move[] = [];
  readonly removals: Move[] = [];
  /** The tasks of `removals`. */
  private readonly removed = new Set<TaskId>();
  /** A copy of the claims that are missing in the table; undefined for a table without claims. */
  private readonly claims: RoomClaims | undefined;
  private readonly original: FreeTable;
  private readonly cluster: Cluster;
  private readonly copy: CellCopy;
  private readonly changes: Change[] = [];
  /** Machines that were changed since `reset`, with the number of changes. */
  private readonly touched = new Map<MachineId, number>();

  constructor(cluster: Cluster, original: FreeTable) {
    this.cluster = cluster;
    this.copy = new CellCopy(original);
    this.table = this.copy.table;
    this.original = original;
    if (original.claims !== undefined)
      this.claims = new RoomClaims(cluster.space.size, cluster.space.gpuDimension);
    this.table.claims = this.claims;
  }

  /** now: the room of the original. empty: all machines in any state, without tasks. */
  reset(from: 'now' | 'empty'): void {
    this.changes.length = 0;
    this.puts.length = 0;
    this.removals.length = 0;
    this.removed.clear();
    this.touched.clear();
    this.isEmpty = from === 'empty';
    this.copy.sync();
    this.claims?.clear();
    if (!this.isEmpty) {
      if (this.original.claims !== undefined && this.original.claims.size > 0)
        this.claims?.copy(this.original.claims);
      return;
    }
    for (let machine = 0; machine < this.table.count; machine++) this.table.fill(machine);
  }

  /** A point to which `undo` can go back. */
  mark(): number {
    return this.changes.length;
  }

  undo(to: number): void {
    while (this.changes.length > Math.max(0, to)) this.reverse(this.changes.pop() as Change);
  }

  /**
   * The caller has checked that the task can start there. `devices` 0 takes those with the least left that suffice. Returns
   * the devices.
   */
  put(task: TaskId, machine: MachineId, devices: DeviceMask): DeviceMask {
    const taskClass = this.cluster.tasks.taskClass[task];
    let mask = devices;
    this.withClaim(task, () => {
      if (devices === 0) mask = this.table.bestFitDevices(machine, taskClass);
      this.table.move(machine, taskClass, mask, -1);
      this.puts.push({ task, machine });
    });
    this.record({ what: 'put', task, machine, mask });
    return mask;
  }

  /** Runs a step in which the room of the claim of the task's job is free. Then the claim keeps the room of tasks not put. */
  withClaim<Result>(task: TaskId, step: () => Result): Result {
    const { claims, cluster, table } = this;
    const job = cluster.tasks.job[task];
    if (claims === undefined || claims.size === 0 || !claims.open(job, table)) return step();
    try {
      return step();
    } finally {
      claims.close(job, table, (place) => !this.isPut(place.task), false);
    }
  }

  /** Removes a task of the ledger from its machine, with its devices. */
  remove(task: TaskId): void {
    const { tasks } = this.cluster;
    const [machine, mask] = [tasks.machine[task], tasks.devices[task]];
    this.table.move(machine, tasks.taskClass[task], mask, 1);
    this.claims?.fill(machine, this.table);
    this.removals.push({ task, machine });
    this.removed.add(task);
    this.record({ what: 'remove', task, machine, mask });
  }

  /** Placement rules count the task there, but it takes no room. */
  neighbour(task: TaskId, machine: MachineId): void {
    this.puts.push({ task, machine });
    this.record({ what: 'neighbour', machine });
  }

  /** Treats the machine as up. */
  open(machine: MachineId): void {
    if (this.table.open[machine] === 1) return;
    this.table.setOpen(machine, true);
    this.record({ what: 'open', machine });
  }

  /** Takes this much room away; it may be more than is free. */
  block(machine: MachineId, dimension: number, amount: number): void {
    this.table.free[machine * this.table.dims + dimension] -= amount;
    this.table.changes.record(machine);
    this.record({ what: 'block', machine, dimension, amount });
  }

  blockDevice(machine: MachineId, device: number, share: number): void {
    this.table.gpuFree[this.table.machines.gpuStart[machine] + device] -= share;
    this.table.changes.record(machine);
    this.record({ what: 'block-device', machine, device, share });
  }

  isTouched(machine: MachineId): boolean {
    return (this.touched.get(machine) ?? 0) > 0;
  }

  isRemoved(task: TaskId): boolean {
    return this.isEmpty || this.removed.has(task);
  }

  isPut(task: TaskId): boolean {
    return this.puts.some((move) => move.task === task);
  }

  firstOn(machine: MachineId): TaskId {
    return this.leftFrom(this.cluster.machines.firstTask[machine], machine);
  }

  nextOn(task: TaskId): TaskId {
    const at = this.puts.findIndex((move) => move.task === task);
    if (at >= 0) return this.putAfter(at, this.puts[at].machine);
    return this.leftFrom(this.cluster.tasks.nextOnMachine[task], this.cluster.tasks.machine[task]);
  }

  private leftFrom(first: TaskId, machine: MachineId): TaskId {
    let task = this.isEmpty ? NONE : first;
    while (task !== NONE && this.isRemoved(task)) task = this.cluster.tasks.nextOnMachine[task];
    return task === NONE ? this.putAfter(-1, machine) : task;
  }

  private putAfter(place: number, machine: MachineId): TaskId {
    for (let i = place + 1; i < this.puts.length; i++)
      if (this.puts[i].machine === machine) return this.puts[i].task;
    return NONE;
  }

  /** Takes room away that claims may have got since. */
  private unfill(machine: MachineId, change: () => void): void {
    if (this.claims === undefined || this.claims.size === 0) change();
    else this.claims.refill(machine, this.table, change);
  }

  private record(change: Change): void {
    this.changes.push(change);
    this.touched.set(change.machine, (this.touched.get(change.machine) ?? 0) + 1);
  }

  private reverse(change: Change): void {
    const { table, cluster } = this;
    const { machine } = change;
    this.touched.set(machine, (this.touched.get(machine) ?? 1) - 1);
    switch (change.what) {
      case 'put':
        this.withClaim(change.task, () => {
          this.puts.pop();
          table.move(machine, cluster.tasks.taskClass[change.task], change.mask, 1);
        });
        break;
      case 'remove':
        this.removals.pop();
        this.removed.delete(change.task);
        this.unfill(machine, () =>
          table.move(machine, cluster.tasks.taskClass[change.task], change.mask, -1),
        );
        break;
      case 'neighbour':
        this.puts.pop();
        break;
      case 'open':
        table.setOpen(machine, false);
        break;
      case 'block':
        table.free[machine * table.dims + change.dimension] += change.amount;
        table.changes.record(machine);
        break;
      case 'block-device':
        table.gpuFree[table.machines.gpuStart[machine] + change.device] += change.share;
        table.changes.record(machine);
        break;
    }
  }
}
