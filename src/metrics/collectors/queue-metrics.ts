import { type Cluster, isInRoom, type Micros, type TaskId, TaskState } from '../../model/index.js';
import { LogHistogram } from '../kernels/log-histogram.js';
import type { BinnedAmounts, TimeBins } from '../kernels/time-bins.js';

/** The column of pending tasks in the series. */
export const PENDING = 0;
/** The column of running tasks in the series. */
export const RUNNING = 1;

/** How long tasks wait and run. A wait or a run is counted when it is over. */
export class QueueMetrics {
  /** Number of pending tasks now, and the largest so far. */
  pending = 0;
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

  /** The number of tasks that wait at the start. `waitsFrom` follows for each of them. */
  continueFrom(before: QueueMetrics): void {
    this.pending = before.pending;
    this.peak = before.pending;
  }

  /** The wait of a task counts from this time. */
  waitsFrom(task: TaskId, now: Micros): void {
    this.requeuedAt.set(task, now);
  }

  taskSubmitted(): void {
    this.pending++;
    if (this.pending > this.peak) this.peak = this.pending;
  }

  /** Returns since when the task waited. The caller settles that wait. */
  taskStarted(task: TaskId, now: Micros): Micros {
    this.pending--;
    const since = this.waitingSince(task);
    if (this.cluster.tasks.attempts[task] > 1) {
      this.requeueWait.record(now - since);
      this.requeuedAt.delete(task);
    }
    return since;
  }

  taskRequeued(task: TaskId, now: Micros): void {
    this.pending++;
    this.waitsFrom(task, now);
  }

  /** The task left while it was pending. */
  taskLeft(task: TaskId, now: Micros): void {
    this.pending--;
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

  /** A task waited. */
  waited(since: Micros, now: Micros): void {
    if (!(now > since)) return;
    this.pendingTime += now - since;
    this.bins.locate(since, now);
    this.series.add(PENDING, 1);
  }
}
