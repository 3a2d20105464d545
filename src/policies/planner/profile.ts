import { type DeviceMask, FOREVER, type Micros } from '../contract.js';
import { deviceSlots, fittestDevices, type Need } from './need.js';

/** Where a window of time may be, in which a need must be free without interruption. */
export interface Window {
  need: Need;
  length: Micros;
  /** It begins in this range. */
  earliest: Micros;
  latest: Micros;
  /** From then on, what is free counts as enough. Not for needs with devices. */
  own: Micros;
}

/**
 * The free resources of one machine over time, as steps: entry i is valid from `times[i]` to `times[i + 1]`, the last one for
 * ever. An entry has the free amount of each dimension, then the free thousandths of each GPU device. The arrays are sorted
 * for binary search. There is one step per task end or reservation.
 */
export class Profile {
  length = 1;
  /** Changes with every `change`. */
  version = 0;
  times = new Float64Array(64);
  private free: Int32Array;
  private readonly dims: number;
  /** Number of columns of an entry: dimensions and devices. */
  readonly width: number;
  /** Scratch: the least of each column in a window. */
  private readonly least: Int32Array;

  /** `free` are the free amounts from `now` on, per dimension, then the free thousandths per device. */
  constructor(now: Micros, free: ArrayLike<number>, dims: number) {
    this.dims = dims;
    this.width = free.length;
    this.least = new Int32Array(this.width);
    this.free = new Int32Array(64 * this.width);
    this.free.set(Array.from(free));
    this.times[0] = now;
  }

  /** Drops entries before `now`. */
  trim(now: Micros): void {
    const first = this.entryAt(now);
    if (first > 0) {
      this.times.copyWithin(0, first, this.length);
      this.free.copyWithin(0, first * this.width, this.length * this.width);
      this.length -= first;
    }
    this.times[0] = now;
  }

  /** The earliest time >= `from` from which the need is free for `length` without interruption; Infinity when never. */
  earliest(from: Micros, length: Micros, need: Need): Micros {
    if (need.devices > 0) return this.earliestWithDevices(from, length, need);
    let start = from;
    for (let entry = this.entryAt(from); entry < this.length; entry++) {
      const end = this.endOf(entry);
      if (!this.isEnough(entry, need.demand)) start = end;
      else if (end - start >= length) return start;
    }
    return Number.POSITIVE_INFINITY;
  }

  /**
   * The earliest time for the window, if it must touch the time from `from` to `to`; Infinity when there is none. A free window that
   * does not touch it may be returned too.
   */
  earliestTouching(from: Micros, to: Micros, { need, length, earliest, latest, own }: Window): Micros {
    const bound = Math.max(earliest, from - length);
    if (need.devices > 0) return this.earliestWithDevices(bound, length, need, latest);
    const inside = Math.max(bound, Math.min(from, own));
    const first = this.entryAt(inside);
    let start = this.isEnough(first, need.demand)
      ? Math.max(bound, this.times[first])
      : inside < own
        ? this.endOf(first)
        : inside;
    if (start === this.times[first])
      for (let entry = first; entry > 0 && start > bound && this.isEnough(entry - 1, need.demand); entry--)
        start = Math.max(bound, this.times[entry - 1]);
    if (inside >= own) return start;
    for (let entry = first; start <= latest && start < to && entry < this.length; entry++) {
      const end = this.endOf(entry);
      if (!this.isEnough(entry, need.demand)) start = end;
      else if (end >= own || end - start >= length) return start;
    }
    return Number.POSITIVE_INFINITY;
  }

  /** One device must be free for the whole time, so the end of a failed window is no candidate by itself. */
  private earliestWithDevices(from: Micros, length: Micros, need: Need, latest: Micros = FOREVER): Micros {
    for (let entry = this.entryAt(from); entry < this.length; entry++) {
      const start = Math.max(from, this.times[entry]);
      if (start > latest) break;
      if (this.slots(start, start + length, need, 1) > 0) return start;
    }
    return Number.POSITIVE_INFINITY;
  }

  /** How many tasks with this need, at most `most`, have room from `from` to `to`. */
  slots(from: Micros, to: Micros, need: Need, most: number): number {
    let slots = most;
    const first = this.entryAt(from);
    for (let entry = first; entry < this.length && slots > 0; entry++) {
      if (entry > first && this.times[entry] >= to) break;
      slots = Math.min(slots, this.slotsIn(this.free, entry * this.width, need.demand));
    }
    if (need.devices === 0 || slots === 0) return slots;
    return deviceSlots(this.leastFrom(from, to), this.dims, need, slots);
  }

  /** The next time after `from` at which `slots` for a window of this length may have another value; Infinity when never. */
  nextChange(from: Micros, length: Micros): Micros {
    const leaves = this.endOf(this.entryAt(from));
    if (!Number.isFinite(length)) return leaves;
    const last = this.endOf(this.entryAt(from + length - 1));
    // The window is half open: the entry at its end enters one microsecond later.
    return Math.min(leaves, last - length + 1);
  }

  /** The least of each column from `from` to `to`. Valid until the next call. */
  leastFrom(from: Micros, to: Micros): Int32Array {
    const { least, width } = this;
    const first = this.entryAt(from);
    for (let column = 0; column < width; column++) least[column] = this.free[first * width + column];
    for (let entry = first + 1; entry < this.length && this.times[entry] < to; entry++) {
      for (let column = 0; column < width; column++) {
        const amount = this.free[entry * width + column];
        if (amount < least[column]) least[column] = amount;
      }
    }
    return least;
  }

  /** The devices with the least left that suffice from `from` to `to`, as the ledger chooses them; 0 for none. */
  devicesFor(from: Micros, to: Micros, need: Need): DeviceMask {
    return need.devices === 0 ? 0 : fittestDevices(this.leastFrom(from, to), this.dims, need);
  }

  /** Adds `times` needs to the free amounts and to these devices from `from` to `to`. A negative number takes them away. */
  change(from: Micros, to: Micros, need: Need, mask: DeviceMask, times: number): void {
    if (!(to > from)) return;
    this.version++;
    const { dims, width } = this;
    const first = this.split(from);
    const end = Number.isFinite(to) ? this.split(to) : this.length;
    const rows = this.free;
    for (let entry = first; entry < end; entry++) {
      const row = entry * width;
      for (let d = 0; d < dims; d++) rows[row + d] += times * need.demand[d];
      if (mask !== 0) this.changeDevices(row + dims, mask, times * need.share);
    }
    // Steps that no longer change the amounts would make the profile grow without end.
    if (Number.isFinite(to)) this.mergeWithPrevious(end);
    this.mergeWithPrevious(first);
  }

  private changeDevices(row: number, mask: DeviceMask, amount: number): void {
    for (let rest = mask, device = 0; rest !== 0; rest >>>= 1, device++)
      if ((rest & 1) !== 0) this.free[row + device] += amount;
  }

  private slotsIn(free: Int32Array, row: number, demand: Int32Array): number {
    let slots = Number.POSITIVE_INFINITY;
    for (let d = 0; d < this.dims; d++)
      if (demand[d] > 0) slots = Math.min(slots, Math.floor(free[row + d] / demand[d]));
    return Math.max(0, slots);
  }

  private endOf(entry: number): Micros {
    return entry + 1 < this.length ? this.times[entry + 1] : Number.POSITIVE_INFINITY;
  }

  /** The entry in which a time lies. */
  private entryAt(time: Micros): number {
    let low = 0;
    let high = this.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.times[middle] <= time) low = middle;
      else high = middle;
    }
    return low;
  }

  /** Makes a step at this time, unless there is one, and returns its entry. */
  private split(time: Micros): number {
    const { width } = this;
    const entry = this.entryAt(time);
    if (this.times[entry] === time) return entry;
    if (this.length === this.times.length) this.grow();
    this.times.copyWithin(entry + 2, entry + 1, this.length);
    this.free.copyWithin((entry + 1) * width, entry * width, this.length * width);
    this.times[entry + 1] = time;
    this.length++;
    return entry + 1;
  }

  private mergeWithPrevious(entry: number): void {
    const { width } = this;
    if (entry === 0 || entry >= this.length) return;
    for (let column = 0; column < width; column++) {
      if (this.free[entry * width + column] !== this.free[(entry - 1) * width + column]) return;
    }
    this.times.copyWithin(entry, entry + 1, this.length);
    this.free.copyWithin(entry * width, (entry + 1) * width, this.length * width);
    this.length--;
  }

  private isEnough(entry: number, demand: Int32Array): boolean {
    for (let d = 0; d < this.dims; d++) if (this.free[entry * this.width + d] < demand[d]) return false;
    return true;
  }

  private grow(): void {
    const times = new Float64Array(this.times.length * 2);
    times.set(this.times);
    this.times = times;
    const free = new Int32Array(this.free.length * 2);
    free.set(this.free);
    this.free = free;
  }
}
