import {
  type Cluster,
  isInRoom,
  type JobId,
  type Micros,
  type TaskId,
  TaskState,
} from '../../model/index.js';
import { LogHistogram } from '../kernels/log-histogram.js';
import type { BinnedAmounts, TimeBins } from '../kernels/time-bins.js';

/** The column of pending tasks in the series. */
export const PENDING = 0;
/** The column of running tasks in the series. */
export const RUNNING = 1;

/** How long tasks wait and run. A wait or a run is counted when it is over. */
export class QueueMetrics {
  /** Largest number of pending tasks. */
  peak = 0;
  /** Task-Micros of waiting. */
  pendingTime: Micros = 0;
  /** Micros from a stop of a task to its next start, for each start after the first. */
  readonly requeueWait = new LogHistogram();
  /** Numbers of pending and running tasks over time. */
  readonly series: BinnedAmounts;
  private readonly cluster: Cluster;
  private readonly bins: TimeBins;
  /** When waiting tasks that ran before were queued again. */
  private readonly requeuedAt = new Map<TaskId, Micros>();

  constructor(cluster: Cluster, bins: TimeBins) {
    this.cluster = cluster;
    this.bins = bins;
    this.series = bins.amounts(2);
  }

  taskStarted(task: TaskId, now: Micros): void {
    const since = this.waitingSince(task);
    if (this.cluster.tasks.attempts[task] > 1) {
      this.requeueWait.record(now - since);
      this.requeuedAt.delete(task);
    }
    this.waited(since, now);
  }

  taskRequeued(task: TaskId, now: Micros): void {
    this.requeuedAt.set(task, now);
  }

  /** The task left while it was pending. */
  taskLeft(task: TaskId, now: Micros): void {
    this.waited(this.waitingSince(task), now);
    this.requeuedAt.delete(task);
  }

  /** Counts the tasks that still wait. */
  close(end: Micros): void {
    const { tasks } = this.cluster;
    for (let task = 0; task < tasks.bound; task++) {
      const state = tasks.state[task];
      if (state !== TaskState.unused && state !== TaskState.ended && !isInRoom(state))
        this.waited(this.waitingSince(task), end);
    }
  }

  private waitingSince(task: TaskId): Micros {
    const { tasks } = this.cluster;
    return this.requeuedAt.size > 0
      ? (this.requeuedAt.get(task) ?? tasks.submitted[task])
      : tasks.submitted[task];
  }

  private waited(since: Micros, now: Micros): void {
    if (!(now > since)) return;
    this.pendingTime += now - since;
    this.bins.locate(since, now);
    this.series.add(PENDING, 1);
  }
}

/**
 * The run times of jobs for the slowdown. The run time of a job is the time from the first start of an attempt that was not repeated to the
 * end of the job: of a job with one task, its last attempt. Waits between attempts are no run time.
 */
export class JobRunTimes {
  private readonly cluster: Cluster;
  /** By row of the ledger; FOREVER until an attempt has ended for good. */
  private since = new Float64Array(256);

  constructor(cluster: Cluster) {
    this.cluster = cluster;
  }

  jobSubmitted(job: JobId): void {
    if (job >= this.since.length) {
      const longer = new Float64Array(Math.max(job + 1, 2 * this.since.length));
      longer.set(this.since);
      this.since = longer;
    }
    this.since[job] = Number.POSITIVE_INFINITY;
  }

  /** The task ended while it ran: its attempt is not repeated. */
  taskEnded(task: TaskId): void {
    const { tasks } = this.cluster;
    const job = tasks.job[task];
    if (tasks.started[task] < this.since[job]) this.since[job] = tasks.started[task];
  }

  /** The run time of a job that ends now and has started. */
  of(job: JobId, now: Micros): Micros {
    const since = this.since[job];
    return now - (Number.isFinite(since) ? since : this.cluster.jobs.started[job]);
  }
}
