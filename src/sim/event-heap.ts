import { grown, type Micros } from '../model/index.js';

/**
 * Events in the order (time, order), earliest at the root.
 *
 * A 4-ary heap in typed arrays: no object per event, no comparator call, half the levels of a binary heap.
 */
export class EventHeap {
  size = 0;
  times = new Float64Array(64);
  orders = new Float64Array(64);
  subjects = new Int32Array(64);

  add(time: Micros, order: number, subject: number): void {
    if (this.size === this.times.length) this.grow();
    const { times, orders, subjects } = this;
    let hole = this.size++;
    while (hole > 0) {
      const parent = (hole - 1) >> 2;
      const parentTime = times[parent];
      if (parentTime < time || (parentTime === time && orders[parent] < order)) break;
      times[hole] = parentTime;
      orders[hole] = orders[parent];
      subjects[hole] = subjects[parent];
      hole = parent;
    }
    times[hole] = time;
    orders[hole] = order;
    subjects[hole] = subject;
  }

  /** Drops the root. The heap must not be empty. */
  drop(): void {
    const last = --this.size;
    if (last > 0) this.sift(this.times[last], this.orders[last], this.subjects[last]);
  }

  /** Time of the latest event. The heap must not be empty. */
  latest(): Micros {
    let latest = this.times[0];
    for (let i = 1; i < this.size; i++) if (this.times[i] > latest) latest = this.times[i];
    return latest;
  }

  /** Moves an event down from the hole at the root. */
  private sift(time: number, order: number, subject: number): void {
    const { size, times, orders, subjects } = this;
    let hole = 0;
    for (;;) {
      const first = (hole << 2) + 1;
      if (first >= size) break;
      const end = Math.min(first + 4, size);
      let least = first;
      let leastTime = times[first];
      let leastOrder = orders[first];
      for (let child = first + 1; child < end; child++) {
        const childTime = times[child];
        if (childTime < leastTime || (childTime === leastTime && orders[child] < leastOrder)) {
          least = child;
          leastTime = childTime;
          leastOrder = orders[child];
        }
      }
      if (time < leastTime || (time === leastTime && order < leastOrder)) break;
      times[hole] = leastTime;
      orders[hole] = leastOrder;
      subjects[hole] = subjects[least];
      hole = least;
    }
    times[hole] = time;
    orders[hole] = order;
    subjects[hole] = subject;
  }

  private grow(): void {
    this.times = grown(this.times, this.size + 1);
    this.orders = grown(this.orders, this.size + 1);
    this.subjects = grown(this.subjects, this.size + 1);
  }
}
