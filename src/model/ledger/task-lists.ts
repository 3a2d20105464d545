import { grown, NONE } from './columns.js';

/** Index of a task's row. Rows are reused after the task has ended. */
export type TaskId = number;

/**
 * Lists of tasks, one per owner (such as a job), linked through columns by task. Every step takes constant time and allocates
 * nothing. A task is in at most one of these lists.
 */
export class TaskLists {
  /** By owner; NONE for an empty list. */
  first = new Int32Array(64).fill(NONE);
  /** By task. */
  next = new Int32Array(256).fill(NONE);
  private last = new Int32Array(64).fill(NONE);
  private previous = new Int32Array(256).fill(NONE);

  append(owner: number, task: TaskId): void {
    if (owner >= this.first.length) this.reserveOwners(owner + 1);
    if (task >= this.next.length) this.reserveTasks(task + 1);
    const last = this.last[owner];
    this.previous[task] = last;
    this.next[task] = NONE;
    if (last === NONE) this.first[owner] = task;
    else this.next[last] = task;
    this.last[owner] = task;
  }

  /** The tasks of the owner in order, in a new array. Loops that must not allocate follow `next`. */
  of(owner: number): TaskId[] {
    const tasks: TaskId[] = [];
    for (let task = this.first[owner] ?? NONE; task !== NONE; task = this.next[task]) tasks.push(task);
    return tasks;
  }

  /** Removes a task from its owner's list. */
  remove(owner: number, task: TaskId): void {
    const before = this.previous[task];
    const after = this.next[task];
    if (before === NONE) this.first[owner] = after;
    else this.next[before] = after;
    if (after === NONE) this.last[owner] = before;
    else this.previous[after] = before;
  }

  private reserveOwners(length: number): void {
    this.first = grown(this.first, length, NONE);
    this.last = grown(this.last, length, NONE);
  }

  private reserveTasks(length: number): void {
    this.next = grown(this.next, length, NONE);
    this.previous = grown(this.previous, length, NONE);
  }
}
