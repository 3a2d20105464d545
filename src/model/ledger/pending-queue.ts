import { grown, NONE } from './columns.js';
import type { JobTable } from './job.js';
import type { TaskId, TaskTable } from './task.js';

/**
 * Pending tasks in order of arrival. A killed task is appended again at the back. It is a linked list through the task
 * table. So a task at any position is removed in constant time, without allocation. A task is in one queue at a time.
 */
export class PendingQueue {
  length = 0;
  /** Number of jobs with a task in this queue. */
  jobCount = 0;
  /** Number of different task classes in this queue. */
  classCount = 0;
  /** Number of tasks of gangs in this queue. */
  gangTasks = 0;
  /** The task that has waited longest, or NONE. */
  first: TaskId = NONE;
  /** The task that arrived last, or NONE. */
  last: TaskId = NONE;
  private readonly tasks: TaskTable;
  private readonly jobs: JobTable;
  private waitingOfClass = new Int32Array(64);

  constructor(tasks: TaskTable, jobs: JobTable) {
    this.tasks = tasks;
    this.jobs = jobs;
  }

  /** The task after this one, or NONE. Call this before starting a task, because a started task has left the queue. */
  next(task: TaskId): TaskId {
    return this.tasks.nextPending[task];
  }

  /** The task before this one, or NONE. */
  previous(task: TaskId): TaskId {
    return this.tasks.previousPending[task];
  }

  add(task: TaskId): void {
    this.tasks.enqueueSeq[task] = ++this.tasks.lastEnqueueSeq;
    this.tasks.previousPending[task] = this.last;
    this.tasks.nextPending[task] = NONE;
    if (this.last === NONE) this.first = task;
    else this.tasks.nextPending[this.last] = task;
    this.last = task;
    this.length++;
    const job = this.tasks.job[task];
    if (this.jobs.queued[job]++ === 0) this.jobCount++;
    this.gangTasks += this.jobs.gang[job];
    const taskClass = this.tasks.taskClass[task];
    if (taskClass >= this.waitingOfClass.length)
      this.waitingOfClass = grown(this.waitingOfClass, taskClass + 1);
    if (this.waitingOfClass[taskClass]++ === 0) this.classCount++;
  }

  remove(task: TaskId): void {
    this.tasks.enqueueSeq[task] = 0;
    const before = this.tasks.previousPending[task];
    const after = this.tasks.nextPending[task];
    if (before === NONE) this.first = after;
    else this.tasks.nextPending[before] = after;
    if (after === NONE) this.last = before;
    else this.tasks.previousPending[after] = before;
    this.length--;
    const job = this.tasks.job[task];
    if (--this.jobs.queued[job] === 0) this.jobCount--;
    this.gangTasks -= this.jobs.gang[job];
    if (--this.waitingOfClass[this.tasks.taskClass[task]] === 0) this.classCount--;
  }
}
