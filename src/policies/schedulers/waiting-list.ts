import { NONE, type TaskId } from '../../model/index.js';
import type { SchedulingView } from '../contract.js';
import { SortedQueue } from './sorted-queue.js';
import type { TaskOrder } from './task-order.js';

/** The waiting tasks one after another, in some order. A task may be started once it was handed out. */
export interface WaitingList {
  /** Goes back to the beginning. */
  restart(view: SchedulingView): void;
  /** The next task, or NONE. */
  next(): TaskId;
}

/** The waiting tasks in this order, or in that of the queue without one. */
export function waitingList(order: TaskOrder | undefined): WaitingList {
  return order === undefined ? new QueueWalk() : new SortedWalk(order);
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
    // Its successor is asked for now, because a task that starts has left the queue.
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
