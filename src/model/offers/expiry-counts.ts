import { grown, NONE } from '../ledger/columns.js';
import type { Micros } from '../micros.js';

/** The filters that end at one time. */
type ExpiryGroup = number;

/**
 * The times at which filters end, with the number of filters for each. A framework refuses many machines at once, so there are far
 * fewer times than filters. The times to come are a binary heap.
 */
export class ExpiryCounts {
  private times = new Float64Array(0);
  private counts = new Int32Array(0);
  /** 1 if the group is in the heap. */
  private isAhead = new Uint8Array(0);
  private readonly heap: ExpiryGroup[] = [];
  private readonly unused: ExpiryGroup[] = [];
  private made = 0;
  /** The group of the last filter. */
  private last: ExpiryGroup = NONE;

  /** Counts a filter that ends at this time, which is later than that of the last `next`. Returns the group for `drop`. */
  add(time: Micros): ExpiryGroup {
    if (this.last === NONE || this.times[this.last] !== time) this.last = this.open(time);
    this.counts[this.last]++;
    return this.last;
  }

  /** A filter of the group is gone. */
  drop(group: ExpiryGroup): void {
    if (--this.counts[group] === 0 && this.isAhead[group] === 0) this.free(group);
  }

  /** All filters end later by this time. */
  postpone(by: Micros): void {
    for (let group = 0; group < this.made; group++) this.times[group] += by;
  }

  /** All filters are gone. */
  clear(): void {
    this.heap.length = 0;
    this.unused.length = 0;
    this.made = 0;
    this.last = NONE;
  }

  /** The earliest time after `now` at which a filter ends; Infinity if there is none. `now` never decreases. */
  next(now: Micros): Micros {
    const { heap, times, counts } = this;
    for (let first = heap[0]; first !== undefined; first = heap[0]) {
      if (times[first] > now && counts[first] > 0) return times[first];
      this.removeFirst();
      this.isAhead[first] = 0;
      if (counts[first] === 0) this.free(first);
    }
    return Number.POSITIVE_INFINITY;
  }

  private open(time: Micros): ExpiryGroup {
    const group = this.unused.pop() ?? this.made++;
    this.times = grown(this.times, this.made);
    this.counts = grown(this.counts, this.made);
    this.isAhead = grown(this.isAhead, this.made);
    this.times[group] = time;
    this.counts[group] = 0;
    this.isAhead[group] = 1;
    const { heap, times } = this;
    let place = heap.push(group) - 1;
    for (; place > 0; place = (place - 1) >> 1) {
      const parent = heap[(place - 1) >> 1] as ExpiryGroup;
      if (times[parent] <= time) break;
      heap[place] = parent;
    }
    heap[place] = group;
    return group;
  }

  private free(group: ExpiryGroup): void {
    if (this.last === group) this.last = NONE;
    this.unused.push(group);
  }

  private removeFirst(): void {
    const { heap, times } = this;
    const moved = heap.pop() as ExpiryGroup;
    if (heap.length === 0) return;
    let place = 0;
    for (let child = 1; child < heap.length; child = 2 * place + 1) {
      if (
        child + 1 < heap.length &&
        times[heap[child + 1] as ExpiryGroup] < times[heap[child] as ExpiryGroup]
      )
        child++;
      if (times[heap[child] as ExpiryGroup] >= times[moved]) break;
      heap[place] = heap[child] as ExpiryGroup;
      place = child;
    }
    heap[place] = moved;
  }
}
