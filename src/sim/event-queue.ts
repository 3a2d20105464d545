import type { Micros } from '../model/index.js';

/** Classes of events, in the order in which those of one instant happen. DESIGN: docs/method.md, "Time and order". */
export const EventClass = {
  machineUp: 0,
  taskEnd: 1,
  machineDown: 2,
  arrival: 3,
  decision: 4,
  timer: 5,
  sample: 6,
} as const;

export type EventClassCode = (typeof EventClass)[keyof typeof EventClass];

/** Class c and sequence s make one number, c * 2^48 + s, so that one comparison orders both. */
const CLASS_UNIT = 2 ** 48;

/**
 * Pending events, earliest first: ordered by (time, class, sequence), so that equal times have one defined order.
 *
 * A 4-ary heap in typed arrays: no object per event, no comparator call, half the levels of a binary heap. The event that
 * was taken last stays readable in `time`, `kind`, `subject` and `order` until the next `take`.
 */
export class EventQueue {
  /** Number of pending events. */
  size = 0;
  /** Of the event taken last. */
  time: Micros = 0;
  kind = 0;
  /** The id of what the event is about: a task, a machine, an architecture's own number. */
  subject = 0;
  /** Unique among all events of the queue; tells an event from an earlier one about the same subject. */
  order = 0;

  private times = new Float64Array(1024);
  private orders = new Float64Array(1024);
  private subjects = new Int32Array(1024);
  private sequence = 0;

  /** Adds an event and returns its order number. */
  add(time: Micros, kind: EventClassCode, subject: number): number {
    const order = kind * CLASS_UNIT + this.sequence++;
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
    return order;
  }

  /** Time of the earliest event; Infinity when there is none. */
  peekTime(): Micros {
    return this.size === 0 ? Number.POSITIVE_INFINITY : this.times[0];
  }

  /** Class of the earliest event; one above all classes when there is none. */
  peekKind(): number {
    return this.size === 0 ? EventClass.sample + 1 : Math.floor(this.orders[0] / CLASS_UNIT);
  }

  /** Takes the earliest event into `time`, `kind`, `subject`, `order`; false when there is none. */
  take(): boolean {
    if (this.size === 0) return false;
    const { times, orders, subjects } = this;
    this.time = times[0];
    this.order = orders[0];
    this.subject = subjects[0];
    this.kind = Math.floor(this.order / CLASS_UNIT);
    const last = --this.size;
    if (last > 0) this.sift(times[last], orders[last], subjects[last], last);
    return true;
  }

  /** Puts an event into the hole at the root, in a heap of `size` entries. */
  private sift(time: number, order: number, subject: number, size: number): void {
    const { times, orders, subjects } = this;
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
    const length = this.times.length * 2;
    const times = new Float64Array(length);
    const orders = new Float64Array(length);
    const subjects = new Int32Array(length);
    times.set(this.times);
    orders.set(this.orders);
    subjects.set(this.subjects);
    this.times = times;
    this.orders = orders;
    this.subjects = subjects;
  }
}
