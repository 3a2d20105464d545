import { type Column, grown } from '../ledger/columns.js';
import type { FrameworkId } from '../ledger/framework.js';
import type { MachineId } from '../ledger/machine.js';
import type { Micros } from '../micros.js';
import { ExpiryCounts } from './expiry-counts.js';
import { type Parcels, parcelsContain } from './parcel.js';

/** Resources of one machine: a row of plain amounts, `amounts[row + dimension]`, and parcels of other kinds. */
export interface MachineResources {
  readonly amounts: Column;
  readonly row: number;
  readonly parcels: Parcels;
}

/** Whether an allocation is a batch of the interval, or caused by an event. */
export type AllocationCause = 'batch' | 'event';

/**
 * Resources that frameworks (each in one role) have refused, with the end of each refusal. A filter blocks an offer of a machine
 * if and only if the refused resources contain the whole new offer. So a machine with more free than was refused is offered
 * again. A framework may have several filters on one machine (Mesos, hierarchical allocator, RefusedOfferFilter).
 *
 * Usually a machine has at most one filter that matters. That one is in columns by machine. A filter is in a list if it is not
 * contained in a later one, or has parcels.
 */
export class OfferFilters {
  private readonly dims: number;
  private readonly interval: Micros;
  private readonly rows: (FrameworkFilters | undefined)[] = [];

  /** `interval` is the time between batches. No filter ends before the next batch. */
  constructor(dims: number, interval: Micros) {
    this.dims = dims;
    this.interval = interval;
  }

  /** The framework refuses these resources for this time. A time of 0 sets no filter (Mesos: refuse_seconds 0). */
  refuse(
    framework: FrameworkId,
    machine: MachineId,
    refused: MachineResources,
    refuseFor: Micros,
    now: Micros,
  ): void {
    if (!(refuseFor > 0)) return;
    const expiry = now + Math.max(refuseFor, this.interval);
    const filters = this.filtersOf(framework, machine);
    filters.dropExpired(machine, now);
    if (refused.parcels.length > 0) {
      const { amounts, row, parcels } = refused;
      const copy = Array.from({ length: this.dims }, (_, d) => amounts[row + d]);
      filters.addToList(machine, { amounts: copy, parcels, since: now, expiry });
    } else filters.set(machine, refused, now, expiry);
  }

  /** Whether an offer of these resources is blocked. */
  blocks(
    framework: FrameworkId,
    machine: MachineId,
    offer: MachineResources,
    now: Micros,
    cause: AllocationCause,
  ): boolean {
    const filters = this.rows[framework];
    if (filters === undefined) return false;
    if (filters.list.size > 0 && this.isBlockedByList(filters.list.get(machine), offer, now, cause))
      return true;
    if (offer.parcels.length > 0) return false;
    if (!this.isAlive(filters.since[machine], filters.expiry[machine], now, cause)) return false;
    for (let d = 0; d < this.dims; d++)
      if (offer.amounts[offer.row + d] > filters.refused[machine * this.dims + d]) return false;
    return true;
  }

  private isBlockedByList(
    list: readonly ListedFilter[] = [],
    offer: MachineResources,
    now: Micros,
    cause: AllocationCause,
  ): boolean {
    return list.some(
      ({ amounts, parcels, since, expiry }) =>
        this.isAlive(since, expiry, now, cause) &&
        amounts.every((amount, d) => offer.amounts[offer.row + d] <= amount) &&
        parcelsContain(parcels, offer.parcels),
    );
  }

  /**
   * A filter that ends at the instant of a batch is removed before the batch, unless it lasts at most one interval. Then its
   * timer is newer than the timer of the batch (Mesos: the order in which the two timers were created; MESOS-4302).
   */
  private isAlive(since: Micros, expiry: Micros, now: Micros, cause: AllocationCause): boolean {
    return expiry > now || (cause === 'batch' && expiry === now && expiry - since <= this.interval);
  }

  /** Removes the filters of a framework that revived, left, or lost its connection. */
  dropFramework(framework: FrameworkId): void {
    this.rows[framework]?.clear();
  }

  /** Removes the filters on a machine that left, or whose attributes changed. */
  dropMachine(machine: MachineId): void {
    for (const filters of this.rows) filters?.drop(machine);
  }

  /** The earliest end after `now` among the filters of a framework; Infinity if there is none. `now` never decreases. */
  nextExpiry(framework: FrameworkId, now: Micros): Micros {
    return this.rows[framework]?.ends.next(now) ?? Number.POSITIVE_INFINITY;
  }

  /** Copies the filters of a framework at this time. False if some that have not ended are in a list. */
  copyTo(copy: FilterCopy, framework: FrameworkId, now: Micros): boolean {
    copy.now = now;
    copy.machines = 0;
    return this.rows[framework]?.copyTo(copy) ?? true;
  }

  /** Are the filters of the framework at this time those of the copy, moved by the time that has passed? */
  equals(copy: FilterCopy, framework: FrameworkId, now: Micros): boolean {
    return this.rows[framework]?.equals(copy, now) ?? copy.machines === 0;
  }

  /** The times of all filters of a framework move by as much as the clock does. */
  postpone(framework: FrameworkId, by: Micros): void {
    this.rows[framework]?.postpone(by);
  }

  private filtersOf(framework: FrameworkId, machine: MachineId): FrameworkFilters {
    this.rows[framework] ??= new FrameworkFilters(this.dims);
    this.rows[framework].makeRoom(machine + 1);
    return this.rows[framework];
  }
}

/** The filters that a framework had at a time. */
export class FilterCopy {
  now: Micros = 0;
  /** Length of the columns, which are those of FrameworkFilters. */
  machines = 0;
  expiry = new Float64Array(0);
  since = new Float64Array(0);
  refused = new Float64Array(0);
}

/** A filter in a list. */
interface ListedFilter {
  /** Its group in `FrameworkFilters.ends`. */
  readonly group: number;
  readonly amounts: readonly number[];
  readonly parcels: Parcels;
  readonly since: Micros;
  readonly expiry: Micros;
}

/** The expiry of no filter. Times are 0 or later. */
const NEVER_SET = -1;

/** The filters of one framework. */
class FrameworkFilters {
  /** Columns by machine: the latest filter without parcels. */
  expiry = new Float64Array(0);
  /** The groups of their ends. */
  group = new Int32Array(0);
  since = new Float64Array(0);
  refused = new Float64Array(0);
  /** Other filters, by machine. */
  readonly list = new Map<MachineId, ListedFilter[]>();
  /** The ends of all of them. */
  readonly ends = new ExpiryCounts();
  /** Number of filters set in the columns since they were last cleared. */
  private setCount = 0;
  private readonly dims: number;

  constructor(dims: number) {
    this.dims = dims;
  }

  makeRoom(machines: number): void {
    this.expiry = grown(this.expiry, machines, NEVER_SET);
    this.group = grown(this.group, this.expiry.length);
    this.since = grown(this.since, this.expiry.length);
    this.refused = grown(this.refused, this.expiry.length * this.dims);
  }

  /** Sets the filter in the columns. The one before moves to the list unless the new one blocks all that it blocks. */
  set(machine: MachineId, { amounts, row }: MachineResources, since: Micros, expiry: Micros): void {
    const at = machine * this.dims;
    const old = this.expiry[machine];
    if (old !== NEVER_SET) {
      if (!(expiry >= old && this.isWithin(at, amounts, row)))
        this.addToList(machine, {
          amounts: Array.from(this.refused.subarray(at, at + this.dims)),
          parcels: [],
          since: this.since[machine],
          expiry: old,
        });
      this.ends.drop(this.group[machine]);
    }
    this.since[machine] = since;
    this.expiry[machine] = expiry;
    this.group[machine] = this.ends.add(expiry);
    this.setCount++;
    for (let d = 0; d < this.dims; d++) this.refused[at + d] = amounts[row + d];
  }

  private isWithin(at: number, amounts: Column, row: number): boolean {
    for (let d = 0; d < this.dims; d++) if (this.refused[at + d] > amounts[row + d]) return false;
    return true;
  }

  addToList(machine: MachineId, filter: Omit<ListedFilter, 'group'>): void {
    const group = this.ends.add(filter.expiry);
    this.list.set(machine, [...(this.list.get(machine) ?? []), { ...filter, group }]);
  }

  dropExpired(machine: MachineId, now: Micros): void {
    if (this.expiry[machine] < now) this.unset(machine);
    if (this.list.size > 0) this.keepInList(machine, now);
  }

  /** Keeps the listed filters of a machine that end at this time or later. */
  private keepInList(machine: MachineId, from: Micros): void {
    const list = this.list.get(machine);
    if (list === undefined) return;
    for (const { expiry, group } of list) if (expiry < from) this.ends.drop(group);
    const living = list.filter(({ expiry }) => expiry >= from);
    if (living.length > 0) this.list.set(machine, living);
    else this.list.delete(machine);
  }

  private unset(machine: MachineId): void {
    if (this.expiry[machine] === NEVER_SET) return;
    this.expiry[machine] = NEVER_SET;
    this.ends.drop(this.group[machine]);
  }

  drop(machine: MachineId): void {
    if (machine < this.expiry.length) this.unset(machine);
    this.keepInList(machine, Number.POSITIVE_INFINITY);
  }

  copyTo(copy: FilterCopy): boolean {
    for (const machine of this.list.keys()) this.keepInList(machine, copy.now);
    if (this.list.size > 0) return false;
    const { expiry, since, refused } = this;
    copy.machines = expiry.length;
    copy.expiry = grown(copy.expiry, expiry.length);
    copy.since = grown(copy.since, expiry.length);
    copy.refused = grown(copy.refused, refused.length);
    copy.expiry.set(expiry);
    copy.since.set(since);
    copy.refused.set(refused);
    return true;
  }

  /** Filters that have ended before the time do not matter. */
  equals(then: FilterCopy, now: Micros): boolean {
    const { expiry, since, refused, dims } = this;
    if (this.list.size > 0 || expiry.length !== then.machines) return false;
    const passed = now - then.now;
    for (let machine = 0; machine < expiry.length; machine++) {
      const isEnded = expiry[machine] < now;
      if (isEnded !== then.expiry[machine] < then.now) return false;
      if (isEnded) continue;
      if (expiry[machine] !== then.expiry[machine] + passed) return false;
      if (since[machine] !== then.since[machine] + passed) return false;
      for (let i = machine * dims; i < (machine + 1) * dims; i++)
        if (refused[i] !== then.refused[i]) return false;
    }
    return true;
  }

  postpone(by: Micros): void {
    const { expiry, since } = this;
    for (let machine = 0; machine < expiry.length; machine++) {
      if (expiry[machine] === NEVER_SET) continue;
      expiry[machine] += by;
      since[machine] += by;
    }
    this.ends.postpone(by);
  }

  clear(): void {
    // A framework revives at each arrival after an idle time, often without filters.
    if (this.setCount > 0) this.expiry.fill(NEVER_SET);
    this.setCount = 0;
    this.list.clear();
    this.ends.clear();
  }
}
