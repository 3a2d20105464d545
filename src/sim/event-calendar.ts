import { grown, type Micros, NONE } from '../model/index.js';
import type { EventHeap } from './event-heap.js';

/** Target number of events in a bucket when it becomes current. */
const PER_BUCKET = 6;

/** Pending events per bucket. With this size, the ring of buckets reaches well beyond the mean time to an event. */
const PENDING_PER_BUCKET = 2;

const LEAST_BUCKETS = 16;

/** A row of the node table: time, order, subject, next node. One row is half a cache line. */
const STRIDE = 4;
const ORDER = 1;
const SUBJECT = 2;
const NEXT = 3;

/**
 * Later events, sorted only by their time bucket: a calendar queue (Brown, "Calendar queues: a fast O(1) priority queue
 * implementation", CACM 31(10), 1988). A heap sorts the current bucket, as in the ladder queue (Tang, Goh & Thng, ACM
 * TOMACS 15(3), 2005). The bucket width follows the rate of events.
 *
 * The bucket of an event is a monotone function of its time only, so the order of events does not depend on the width.
 */
export class EventCalendar {
  /** Number of events in the calendar, without those in the heap. */
  size = 0;
  /** Buckets up to this one were moved to the heap. */
  private current = Number.NEGATIVE_INFINITY;
  /** Buckets per microsecond. */
  private rate = 0;
  private heads = new Int32Array(0);
  private mask = 0;
  /** Head of the list of events beyond the ring, and the bucket at which the list is checked again. */
  private beyond = NONE;
  private beyondDue = Number.POSITIVE_INFINITY;
  private nodes = new Float64Array(0);
  private unused = NONE;
  private rows = 0;
  /** Events and buckets passed since the last check of the width. */
  private steps = 0;
  private taken = 0;
  private measuredAt: Micros = 0;

  /** Whether this event belongs to a bucket that was already moved to the heap. */
  isDue(time: Micros): boolean {
    return Math.floor(time * this.rate) <= this.current;
  }

  /** Resets the empty calendar. Events after `now` are expected about `gap` apart. */
  restart(now: Micros, gap: number, pending: number): void {
    // Times are whole microseconds, so narrower buckets would be empty.
    this.rate = Math.min(1, 1 / (PER_BUCKET * gap));
    const length = 2 ** Math.ceil(Math.log2(Math.max(pending / PENDING_PER_BUCKET, LEAST_BUCKETS)));
    this.heads = new Int32Array(length).fill(NONE);
    this.mask = length - 1;
    this.current = Math.floor(now * this.rate);
    this.beyond = NONE;
    this.beyondDue = this.current + length / 2;
    this.steps = 0;
    this.taken = 0;
    this.measuredAt = now;
  }

  /** Adds an event that is not due. */
  add(time: Micros, order: number, subject: number): void {
    const node = this.unused === NONE ? this.newRow() : this.unused;
    const { nodes } = this;
    const row = node * STRIDE;
    if (node === this.unused) this.unused = nodes[row + NEXT];
    nodes[row] = time;
    nodes[row + ORDER] = order;
    nodes[row + SUBJECT] = subject;
    this.size++;
    this.link(node);
  }

  /** Moves the next nonempty bucket to the (empty) heap. The calendar must not be empty. */
  refill(heap: EventHeap): void {
    while (heap.size === 0) {
      this.current++;
      this.steps++;
      if (this.current >= this.beyondDue) this.lookBeyond(heap);
      const place = this.current & this.mask;
      const head = this.heads[place];
      if (head !== NONE) {
        this.heads[place] = NONE;
        this.release(head, heap);
      }
    }
    // The steps between two checks are proportional to the ring length, so resizing costs a constant share of the work.
    if (this.steps > 2 * this.heads.length) this.measure(heap);
  }

  /** Moves all events to the heap. */
  drain(heap: EventHeap): void {
    for (const head of [...this.heads.filter((list) => list !== NONE), this.beyond])
      if (head !== NONE) this.release(head, heap);
    this.heads.fill(NONE);
    this.beyond = NONE;
  }

  private release(head: number, heap: EventHeap): void {
    const { nodes } = this;
    let last = head;
    let count = 0;
    for (let node = head; node !== NONE; node = nodes[node * STRIDE + NEXT]) {
      const row = node * STRIDE;
      heap.add(nodes[row], nodes[row + ORDER], nodes[row + SUBJECT]);
      last = node;
      count++;
    }
    nodes[last * STRIDE + NEXT] = this.unused;
    this.unused = head;
    this.size -= count;
    this.taken += count;
    this.steps += count;
  }

  private link(node: number): void {
    const row = node * STRIDE;
    const bucket = Math.floor(this.nodes[row] * this.rate);
    if (bucket - this.current <= this.mask) {
      const place = bucket & this.mask;
      this.nodes[row + NEXT] = this.heads[place];
      this.heads[place] = node;
    } else {
      this.nodes[row + NEXT] = this.beyond;
      this.beyond = node;
    }
  }

  /**
   * Moves events from beyond the ring to their buckets when they are near. If there are no other events, the earliest
   * of them is next.
   */
  private lookBeyond(heap: EventHeap): void {
    const { nodes } = this;
    let node = this.beyond;
    let count = 0;
    let earliest = Number.POSITIVE_INFINITY;
    for (let n = node; n !== NONE; n = nodes[n * STRIDE + NEXT]) {
      count++;
      if (nodes[n * STRIDE] < earliest) earliest = nodes[n * STRIDE];
    }
    this.steps += count;
    if (count === this.size) this.current = Math.max(this.current, Math.floor(earliest * this.rate));
    this.beyondDue = this.current + this.heads.length / 2;
    this.beyond = NONE;
    if (count === this.size && earliest === Number.POSITIVE_INFINITY) {
      this.release(node, heap);
      return;
    }
    while (node !== NONE) {
      const next = nodes[node * STRIDE + NEXT];
      this.link(node);
      node = next;
    }
  }

  /** Rebuilds the ring when its width or length no longer fits. */
  private measure(heap: EventHeap): void {
    const now = heap.latest();
    const gap = (now - this.measuredAt) / this.taken;
    const perBucket = 1 / (gap * this.rate);
    const isNarrowest = this.rate === 1 && perBucket > PER_BUCKET;
    const fill = this.size / this.heads.length;
    const isRight =
      (isNarrowest || (perBucket > PER_BUCKET / 2.5 && perBucket < PER_BUCKET * 2.5)) &&
      fill > PENDING_PER_BUCKET / 4 &&
      fill < PENDING_PER_BUCKET * 2;
    this.steps = 0;
    this.taken = 0;
    this.measuredAt = now;
    // All events are at one instant, so there is no rate.
    if (isRight || !(gap > 0) || !Number.isFinite(gap)) return;
    this.rebuild(now, gap, heap);
  }

  /** `now` is the time of the latest event in the heap. Other events in its new bucket move to the heap too. */
  private rebuild(now: Micros, gap: number, heap: EventHeap): void {
    const { nodes } = this;
    const lists = [...this.heads.filter((head) => head !== NONE), this.beyond];
    this.restart(now, gap, this.size);
    for (const list of lists) {
      let node = list;
      while (node !== NONE) {
        const next = nodes[node * STRIDE + NEXT];
        if (this.isDue(nodes[node * STRIDE])) {
          nodes[node * STRIDE + NEXT] = NONE;
          this.release(node, heap);
        } else this.link(node);
        node = next;
      }
    }
  }

  private newRow(): number {
    this.nodes = grown(this.nodes, (this.rows + 1) * STRIDE);
    return this.rows++;
  }
}
