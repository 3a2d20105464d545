import type { Column } from '../../model/index.js';
import type { Micros } from '../contract.js';

/**
 * The free resources of one machine over time, as steps: entry i is valid from `times[i]` to `times[i + 1]`, the last one for
 * ever. The arrays are sorted for binary search. There is one step per task end or reservation.
 */
export class Profile {
  length = 1;
  times = new Float64Array(64);
  private free: Int32Array;
  private readonly dims: number;

  /** `free` are the free amounts from `now` on, per dimension. */
  constructor(now: Micros, free: ArrayLike<number>) {
    this.dims = free.length;
    this.free = new Int32Array(64 * this.dims);
    this.free.set(Array.from(free));
    this.times[0] = now;
  }

  /** Drops entries before `now`. */
  trim(now: Micros): void {
    const first = this.entryAt(now);
    if (first > 0) {
      this.times.copyWithin(0, first, this.length);
      this.free.copyWithin(0, first * this.dims, this.length * this.dims);
      this.length -= first;
    }
    this.times[0] = now;
  }

  /** The earliest time >= `from` from which `demand` is free for `length` without interruption; Infinity when never. */
  earliest(from: Micros, length: Micros, demand: Column): Micros {
    let start = from;
    for (let entry = this.entryAt(from); entry < this.length; entry++) {
      const end = entry + 1 < this.length ? this.times[entry + 1] : Number.POSITIVE_INFINITY;
      if (!this.isEnough(entry, demand)) start = end;
      else if (end - start >= length) return start;
    }
    return Number.POSITIVE_INFINITY;
  }

  /** Is `demand` free from `from` to `to`? */
  fits(from: Micros, to: Micros, demand: Column): boolean {
    for (
      let entry = this.entryAt(from);
      entry < this.length && (this.times[entry] < to || entry === 0);
      entry++
    ) {
      if (this.times[entry] >= to) break;
      if (!this.isEnough(entry, demand)) return false;
    }
    return true;
  }

  /** Takes (sign -1) or gives back (sign 1) a demand from `from` to `to`. */
  change(from: Micros, to: Micros, demand: Column, sign: 1 | -1): void {
    if (!(to > from)) return;
    const first = this.split(from);
    const end = Number.isFinite(to) ? this.split(to) : this.length;
    for (let entry = first; entry < end; entry++) {
      for (let d = 0; d < this.dims; d++) this.free[entry * this.dims + d] += sign * demand[d];
    }
    // Steps that no longer change the amounts would make the profile grow without end.
    if (Number.isFinite(to)) this.mergeWithPrevious(end);
    this.mergeWithPrevious(first);
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
    const entry = this.entryAt(time);
    if (this.times[entry] === time) return entry;
    if (this.length === this.times.length) this.grow();
    this.times.copyWithin(entry + 2, entry + 1, this.length);
    this.free.copyWithin((entry + 1) * this.dims, entry * this.dims, this.length * this.dims);
    this.times[entry + 1] = time;
    this.length++;
    return entry + 1;
  }

  private mergeWithPrevious(entry: number): void {
    if (entry === 0 || entry >= this.length) return;
    for (let d = 0; d < this.dims; d++) {
      if (this.free[entry * this.dims + d] !== this.free[(entry - 1) * this.dims + d]) return;
    }
    this.times.copyWithin(entry, entry + 1, this.length);
    this.free.copyWithin(entry * this.dims, (entry + 1) * this.dims, this.length * this.dims);
    this.length--;
  }

  private isEnough(entry: number, demand: Column): boolean {
    for (let d = 0; d < this.dims; d++) if (this.free[entry * this.dims + d] < demand[d]) return false;
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
