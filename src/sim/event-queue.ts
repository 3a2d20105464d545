import type { Micros } from '../model/index.js';
import { EventCalendar } from './event-calendar.js';
import { EventHeap } from './event-heap.js';

/** Class c and sequence s form one number, c * 2^48 + s, so that one comparison orders both. */
const CLASS_UNIT = 2 ** 48;

/** Above the first number of pending events a calendar is used. Below the second, a heap alone is used. */
const CALENDAR_FROM = 256;
const HEAP_BELOW = 64;

/** The rate of events is measured over this many events. */
const MEASURED = 256;

/** Classes of events, in their order within one instant. DESIGN: docs/method.md, "Time and order". */
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

/**
 * Pending events, earliest first, in the order (time, class, sequence). So equal times have one defined order.
 *
 * Few events are kept in a heap. With many events, the heap has the next ones and a calendar has the others (measured
 * in docs/performance.md). The last taken event stays in `time`, `kind`, `subject` and `order` until the next `take`.
 */
export class EventQueue {
  /** Time of the last taken event. */
  time: Micros = 0;
  kind = 0;
  /** Subject of the event: the id of a task or a machine, or an architecture's own number. */
  subject = 0;
  /** Unique among all events of the queue. It distinguishes events with the same subject. */
  order = 0;

  /** Nonempty whenever the calendar is nonempty. */
  private heap = new EventHeap();
  private readonly calendar = new EventCalendar();
  private usesCalendar = false;
  private sequence = 0;
  /** Number of pending events of other classes than `decision`. */
  undecided = 0;
  private untilMeasured = MEASURED;
  private measuredAt: Micros = 0;

  /** Number of pending events. */
  get size(): number {
    return this.heap.size + this.calendar.size;
  }

  /** Adds an event and returns its order number. `time` is a whole number of microseconds, or Infinity. */
  add(time: Micros, kind: EventClassCode, subject: number): number {
    const order = kind * CLASS_UNIT + this.sequence++;
    if (kind !== EventClass.decision) this.undecided++;
    if (this.usesCalendar && !this.calendar.isDue(time)) this.calendar.add(time, order, subject);
    else this.heap.add(time, order, subject);
    return order;
  }

  /** Time of the earliest event; Infinity when there is none. */
  peekTime(): Micros {
    return this.heap.size === 0 ? Number.POSITIVE_INFINITY : this.heap.times[0];
  }

  /** Class of the earliest event. If there is none, a number above all classes. */
  peekKind(): number {
    return this.heap.size === 0 ? EventClass.sample + 1 : Math.floor(this.heap.orders[0] / CLASS_UNIT);
  }

  /** Takes the earliest event into `time`, `kind`, `subject`, `order`; false when there is none. */
  take(): boolean {
    const { heap } = this;
    if (heap.size === 0) return false;
    this.time = heap.times[0];
    this.order = heap.orders[0];
    this.subject = heap.subjects[0];
    this.kind = Math.floor(this.order / CLASS_UNIT);
    if (this.kind !== EventClass.decision) this.undecided--;
    heap.drop();
    if (this.usesCalendar) {
      if (heap.size === 0) this.refill();
    } else if (--this.untilMeasured === 0) this.measure();
    return true;
  }

  private refill(): void {
    if (this.calendar.size >= HEAP_BELOW) {
      this.calendar.refill(this.heap);
      return;
    }
    this.calendar.drain(this.heap);
    this.usesCalendar = false;
    this.measuredAt = this.time;
    this.untilMeasured = MEASURED;
  }

  private measure(): void {
    const gap = (this.time - this.measuredAt) / MEASURED;
    this.measuredAt = this.time;
    this.untilMeasured = MEASURED;
    if (this.heap.size > CALENDAR_FROM && gap > 0 && Number.isFinite(gap)) this.beginCalendar(gap);
  }

  private beginCalendar(gap: number): void {
    const { times, orders, subjects, size } = this.heap;
    this.calendar.restart(this.time, gap, size);
    this.usesCalendar = true;
    this.heap = new EventHeap();
    for (let i = 0; i < size; i++) {
      if (this.calendar.isDue(times[i])) this.heap.add(times[i], orders[i], subjects[i]);
      else this.calendar.add(times[i], orders[i], subjects[i]);
    }
    if (this.heap.size === 0) this.refill();
  }
}
