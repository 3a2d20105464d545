import { NONE, type SchedulingView, type TaskId } from '../contract.js';
import { WaitingEntries } from './waiting-entries.js';

/** An order of waiting tasks: lowest key first, equal keys in the order of the queue. */
export interface TaskOrder {
  readonly name: string;
  /** Must not change while the task waits, unless the order has `beginPass`. Never NaN. */
  key(view: SchedulingView, task: TaskId): number;
  /** Called before the keys of a pass. An order with this method is sorted anew at each pass, because its keys may change. */
  beginPass?(view: SchedulingView): void;
}

/** The highest priority first. */
export const highestPriorityFirst: TaskOrder = {
  name: 'priority',
  key: (view, task) => -view.tasks.priority(task),
};

/** Shortest first, by the user's estimate. */
export const shortestFirst: TaskOrder = {
  name: 'shortest',
  key: (view, task) => view.tasks.estimate(task),
};

/** An iterator over the waiting tasks, in some order. A task that it has returned may be started. */
export interface WaitingList {
  /** Goes back to the beginning. */
  restart(view: SchedulingView): void;
  /** The next task, or NONE. */
  next(): TaskId;
}

/** The waiting tasks in this order; in queue order without one. */
export function waitingList(order: TaskOrder | undefined): WaitingList {
  if (order === undefined) return new QueueWalk();
  return order.beginPass === undefined ? new SortedWalk(order) : new FreshWalk(order);
}

class QueueWalk implements WaitingList {
  private view: SchedulingView | undefined;
  private upcoming: TaskId = NONE;

  restart(view: SchedulingView): void {
    this.view = view;
    this.upcoming = view.queue.first;
  }

  next(): TaskId {
    const task = this.upcoming;
    // Read the successor now: a task that starts leaves the queue.
    if (task !== NONE) this.upcoming = (this.view as SchedulingView).queue.next(task);
    return task;
  }
}

class SortedWalk implements WaitingList {
  private readonly sorted: SortedQueue;
  private place = 0;

  constructor(order: TaskOrder) {
    this.sorted = new SortedQueue(order);
  }

  restart(view: SchedulingView): void {
    this.sorted.update(view);
    this.place = 0;
  }

  next(): TaskId {
    return this.place < this.sorted.length ? this.sorted.at(this.place++) : NONE;
  }
}

interface FreshEntry {
  readonly task: TaskId;
  /** `queuedAs` of the task when it was taken in: a task that left and came again is another entry. */
  readonly joined: number;
  key: number;
}

/**
 * The waiting tasks, sorted anew at each restart, for keys that change. The sort starts from the order of the last pass, from which
 * the new order seldom differs much: V8's sort is linear on what is sorted already.
 */
class FreshWalk implements WaitingList {
  private readonly order: TaskOrder;
  private readonly entries: FreshEntry[] = [];
  private latest = 0;
  private place = 0;

  constructor(order: TaskOrder) {
    this.order = order;
  }

  restart(view: SchedulingView): void {
    const { order, entries } = this;
    order.beginPass?.(view);
    this.place = 0;
    this.dropLeft(view);
    this.takeIn(view);
    for (const entry of entries) entry.key = order.key(view, entry.task);
    entries.sort(lowestKeyFirst);
  }

  next(): TaskId {
    return this.place < this.entries.length ? this.entries[this.place++].task : NONE;
  }

  private dropLeft({ tasks }: SchedulingView): void {
    const { entries } = this;
    let kept = 0;
    for (const entry of entries) if (tasks.queuedAs(entry.task) === entry.joined) entries[kept++] = entry;
    entries.length = kept;
  }

  private takeIn({ queue, tasks }: SchedulingView): void {
    const { latest } = this;
    for (let task = queue.last; task !== NONE; task = queue.previous(task)) {
      const joined = tasks.queuedAs(task);
      if (joined <= latest) break;
      this.latest = Math.max(this.latest, joined);
      this.entries.push({ task, joined, key: Number.NaN });
    }
  }
}

/** Equal keys in the order of the queue. A difference of infinities would be NaN, so keys are compared. */
function lowestKeyFirst(a: FreshEntry, b: FreshEntry): number {
  if (a.key === b.key) return a.joined - b.joined;
  return a.key < b.key ? -1 : 1;
}

/**
 * The waiting tasks, sorted. It is a cache of the queue: an update adds tasks that joined and drops tasks that left. It can be
 * rebuilt from the queue at any time.
 *
 * It uses sorted arrays, not a heap, because backfilling visits all tasks in order.
 */
class SortedQueue {
  private readonly order: TaskOrder;
  private readonly entries = new WaitingEntries();
  private latest = 0;

  constructor(order: TaskOrder) {
    this.order = order;
  }

  get length(): number {
    return this.entries.length;
  }

  at(place: number): TaskId {
    return this.entries.tasks[place];
  }

  update(view: SchedulingView): void {
    const { entries, latest } = this;
    const { queue, tasks } = view;
    entries.keepWaiting(tasks);
    let first = NONE;
    for (let task = queue.last; task !== NONE && tasks.queuedAs(task) > latest; task = queue.previous(task))
      first = task;
    const from = entries.length;
    for (let task = first; task !== NONE; task = queue.next(task))
      entries.push(task, this.order.key(view, task), tasks.queuedAs(task));
    entries.mergeFrom(from);
    if (queue.last !== NONE) this.latest = Math.max(latest, tasks.queuedAs(queue.last));
  }
}
