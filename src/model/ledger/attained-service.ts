import type { Micros } from '../micros.js';
import { grown, NONE } from './columns.js';
import type { JobId, JobTable } from './job.js';
import { isInRoom, type TaskId, type TaskTable } from './task.js';
import type { TaskClasses, TaskClassId } from './task-classes.js';

/**
 * What jobs have had so far: amount x Micros in quanta, per dimension, over all attempts of their tasks. Hosts report the end of
 * each attempt, so a start costs nothing.
 */
export class AttainedService {
  private readonly jobs: JobTable;
  private readonly tasks: TaskTable;
  private readonly classes: TaskClasses;
  /** `[job * dims + dimension]`: of attempts that have ended, and the part of it whose work is not lost. */
  private ended = new Float64Array(0);
  private endedKept = new Float64Array(0);
  /** For a running task that was resized: what it has had beyond its current size. */
  private readonly beyondSize = new Map<TaskId, Float64Array>();

  constructor(jobs: JobTable, tasks: TaskTable, classes: TaskClasses) {
    this.jobs = jobs;
    this.tasks = tasks;
    this.classes = classes;
  }

  /** A job takes this row. */
  begin(job: JobId): void {
    const { dims } = this.classes;
    if (this.ended.length < (job + 1) * dims) {
      this.ended = grown(this.ended, (job + 1) * dims);
      this.endedKept = grown(this.endedKept, (job + 1) * dims);
    }
    for (let at = job * dims; at < (job + 1) * dims; at++) {
      this.ended[at] = 0;
      this.endedKept[at] = 0;
    }
  }

  /**
   * The attempt of a running task ends now; the task has not left its machine yet. `kept`: run time whose work need not be
   * repeated; FOREVER for all of it.
   */
  attemptEnds(task: TaskId, kept: Micros, now: Micros): void {
    const { dims, demand } = this.classes;
    const job = this.tasks.job[task];
    const ran = now - this.tasks.started[task];
    const want = this.tasks.taskClass[task] * dims;
    const { ended, endedKept, beyondSize } = this;
    // Most runs resize no task.
    const beyond = beyondSize.size === 0 ? undefined : beyondSize.get(task);
    for (let d = 0; d < dims; d++) {
      const amount = demand[want + d];
      const had = beyond === undefined ? amount * ran : amount * ran + beyond[d];
      ended[job * dims + d] += had;
      endedKept[job * dims + d] += kept >= ran ? had : amount * kept;
    }
    if (beyond !== undefined) beyondSize.delete(task);
    if (this.jobs.running[job] === 1) this.jobs.waitingSince[job] = now;
  }

  /** A running task changed its class in place. */
  resized(task: TaskId, before: TaskClassId, now: Micros): void {
    const { dims, demand } = this.classes;
    const more = this.beyondSize.get(task) ?? new Float64Array(dims);
    const after = this.tasks.taskClass[task];
    const ran = now - this.tasks.started[task];
    for (let d = 0; d < dims; d++) more[d] += (demand[before * dims + d] - demand[after * dims + d]) * ran;
    this.beyondSize.set(task, more);
  }

  /** Up to now, with the attempts that run. */
  of(job: JobId, dimension: number, now: Micros): number {
    return this.ended[job * this.classes.dims + dimension] + this.running(job, dimension, now);
  }

  /** The part of it whose work is not lost: running attempts, finished ones, and what checkpoints kept of others. */
  kept(job: JobId, dimension: number, now: Micros): number {
    return this.endedKept[job * this.classes.dims + dimension] + this.running(job, dimension, now);
  }

  private running(job: JobId, dimension: number, now: Micros): number {
    const { tasks, jobs, classes } = this;
    if (!(jobs.running[job] > 0)) return 0;
    let sum = 0;
    for (let task = jobs.allTasks.first[job]; task !== NONE; task = jobs.allTasks.next[task]) {
      if (!isInRoom(tasks.state[task])) continue;
      sum += classes.demand[tasks.taskClass[task] * classes.dims + dimension] * (now - tasks.started[task]);
      if (this.beyondSize.size > 0) sum += this.beyondSize.get(task)?.[dimension] ?? 0;
    }
    return sum;
  }
}
