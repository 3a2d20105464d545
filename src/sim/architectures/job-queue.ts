import {
  type Cluster,
  type FrameworkId,
  type FreeTable,
  grown,
  type JobId,
  type MachineId,
  type Micros,
  NONE,
  PendingQueue,
  type TaskId,
  type TaskTable,
} from '../../model/index.js';
import type { Random, Scheduler } from '../../policies/contract.js';
import type { PlacementHost } from '../../policies/hosting/placement-actions.js';
import { type HostedActions, HostedScheduler } from '../../policies/hosting/scheduling-view.js';
import type { RetryTerms } from '../../policies/policy.js';
import { EventClass } from '../event-queue.js';
import type { Execution } from '../execution.js';

/** View of the cell and placement actions of a scheduler that serves one job at a time. */
export interface CellAccess {
  /** The visible free resources. */
  readonly table: FreeTable;
  readonly actions: HostedActions;
  /** Number of tasks started by the last call, and number of its claims that conflicted. */
  readonly placed: number;
  readonly conflicts: number;
  /** A decision about the job begins. */
  begin(job: JobId): void;
  /** Called before the scheduler. */
  open(): void;
  /** Called after the scheduler. `lost` is called for each task whose placement failed; it waits again. */
  close(lost: (task: TaskId) => void): void;
}

/** A version number per machine, raised by each placement there. A lower copied number shows that the copy is stale. */
export class PlacementNumbers {
  current = new Int32Array(0);

  /** Copies the current numbers for later comparison into `copy` or a larger column. */
  copyTo(copy: Int32Array<ArrayBuffer>, machines: number): Int32Array<ArrayBuffer> {
    this.current = grown(this.current, machines);
    const target = grown(copy, this.current.length);
    target.set(this.current);
    return target;
  }

  raise(machine: MachineId): void {
    this.current[machine]++;
  }
}

/** Dependencies of a scheduler that serves one job at a time. */
export interface JobSchedulerParts {
  /** Its framework, or NONE when it serves all frameworks; and its index among the framework's schedulers. */
  readonly framework: FrameworkId;
  readonly ordinal: number;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly access: (queue: PendingQueue, host: PlacementHost) => CellAccess;
}

/** A scheduler that serves one job at a time: its queue of jobs, the job being decided, and its view of the cell. */
export class JobScheduler {
  readonly framework: FrameworkId;
  readonly ordinal: number;
  readonly line = new JobLine();
  readonly access: CellAccess;
  isDeciding = false;
  /** The job being decided; NONE when all of its tasks left during the decision. */
  job: JobId = NONE;
  /** Decision time of the current job, and how long the job waited in the queue. */
  decisionTime: Micros = 0;
  waited: Micros = 0;

  private readonly waiting: WaitingJobs;
  private readonly queue: PendingQueue;
  private readonly scheduler: HostedScheduler;
  private readonly lost: (task: TaskId) => void;
  private endsSeen = 0;

  constructor(execution: Execution, waiting: WaitingJobs, parts: JobSchedulerParts) {
    const { cluster } = execution;
    this.framework = parts.framework;
    this.ordinal = parts.ordinal;
    this.waiting = waiting;
    this.queue = new PendingQueue(cluster.tasks, cluster.jobs);
    this.access = parts.access(this.queue, {
      queueOf: (task) => (this.mayTouch(cluster.tasks, task) ? this.queue : undefined),
      taskPlaced: () => {},
      decline: () => 'not-offered',
      machineLeaves: () => {},
    });
    this.lost = (task) => waiting.add(task);
    this.scheduler = new HostedScheduler(
      parts.scheduler,
      {
        cluster,
        queue: this.queue,
        table: this.access.table,
        random: parts.random,
        measured: execution.measured,
      },
      this.access.actions,
    );
  }

  /** Places waiting tasks of the job. The others keep waiting. `ends` counts the ended tasks so far. */
  place(job: JobId, ends: number, now: Micros): void {
    const { access, waiting } = this;
    const endedSince = ends - this.endsSeen;
    this.endsSeen = ends;
    waiting.moveTo(this.queue, job);
    access.open();
    this.scheduler.schedule(now, endedSince);
    access.close(this.lost);
    waiting.takeBack(this.queue);
  }

  /** A scheduler may act on the tasks of the current job and on running tasks of its framework. */
  private mayTouch(tasks: TaskTable, task: TaskId): boolean {
    if (this.framework !== NONE && tasks.framework[task] !== this.framework) return false;
    return tasks.enqueueSeq[task] > 0 || !this.waiting.has(task);
  }
}

/** State of a job in its queue. away: it returns to the queue later. */
export type JobPlace = 'nowhere' | 'in-line' | 'served' | 'away';

/**
 * State of each job in architectures that serve whole jobs: its waiting tasks, its state and its attempts. The tasks of
 * a job are chained by the links of the task table that a queue also uses. A task is in only one of them at a time.
 */
export class WaitingJobs {
  /** Number of tasks in the job's chain. */
  count = new Int32Array(64);
  /** Number of attempts to place the job's tasks; reset to 0 when all are placed. */
  attempts = new Int32Array(64);
  /** When the job joined the queue. */
  since = new Float64Array(64);
  /** When the job returns to the queue; NaN if it is not away. */
  returnsAt = new Float64Array(64).fill(Number.NaN);
  /** Index of the scheduler of the job. */
  scheduler = new Int32Array(64);
  readonly place: JobPlace[] = [];

  private readonly cluster: Cluster;
  private first = new Int32Array(64).fill(NONE);
  private last = new Int32Array(64).fill(NONE);
  /** 1 for tasks in the chain of their job. */
  private isChained = new Uint8Array(256);

  constructor(cluster: Cluster) {
    this.cluster = cluster;
  }

  /** The first task in the job's chain, or NONE. */
  firstOf(job: JobId): TaskId {
    return this.first[job];
  }

  placeOf(job: JobId): JobPlace {
    return this.place[job] ?? 'nowhere';
  }

  has(task: TaskId): boolean {
    return this.isChained[task] === 1;
  }

  /** Appends a waiting task to its job's chain. */
  add(task: TaskId): void {
    const { tasks } = this.cluster;
    const job = tasks.job[task];
    this.reserve(job, task);
    const last = this.last[job];
    tasks.previousPending[task] = last;
    tasks.nextPending[task] = NONE;
    if (last === NONE) this.first[job] = task;
    else tasks.nextPending[last] = task;
    this.last[job] = task;
    this.isChained[task] = 1;
    this.count[job]++;
  }

  /** Removes a task from its job's chain. */
  remove(task: TaskId): void {
    const { tasks } = this.cluster;
    const job = tasks.job[task];
    const before = tasks.previousPending[task];
    const after = tasks.nextPending[task];
    if (before === NONE) this.first[job] = after;
    else tasks.nextPending[before] = after;
    if (after === NONE) this.last[job] = before;
    else tasks.previousPending[after] = before;
    this.isChained[task] = 0;
    this.count[job]--;
  }

  /** Moves all waiting tasks of the job to the queue, in order. */
  moveTo(queue: PendingQueue, job: JobId): void {
    for (let task = this.first[job]; task !== NONE; task = this.first[job]) {
      this.remove(task);
      queue.add(task);
    }
  }

  /** Moves the remaining tasks of the queue back to their chains, in order. */
  takeBack(queue: PendingQueue): void {
    for (let task = queue.first; task !== NONE; task = queue.first) {
      queue.remove(task);
      this.add(task);
    }
  }

  /** Resets the row of a job without waiting tasks. The row may soon be reused. */
  forget(job: JobId): void {
    this.place[job] = 'nowhere';
    this.attempts[job] = 0;
    this.returnsAt[job] = Number.NaN;
  }

  /** The job returns to the queue at `time`. */
  sendAway(job: JobId, time: Micros): void {
    this.place[job] = 'away';
    this.returnsAt[job] = time;
  }

  private reserve(job: JobId, task: TaskId): void {
    if (task >= this.isChained.length) this.isChained = grown(this.isChained, task + 1);
    if (job < this.count.length) return;
    this.count = grown(this.count, job + 1);
    this.attempts = grown(this.attempts, job + 1);
    this.since = grown(this.since, job + 1);
    this.returnsAt = grown(this.returnsAt, job + 1, Number.NaN);
    this.scheduler = grown(this.scheduler, job + 1);
    this.first = grown(this.first, job + 1, NONE);
    this.last = grown(this.last, job + 1, NONE);
  }
}

/** Decides after an attempt whether a job is done, is retried later or is given up. */
export class Retries {
  private readonly execution: Execution;
  private readonly waiting: WaitingJobs;
  private readonly terms: RetryTerms;

  constructor(execution: Execution, waiting: WaitingJobs, terms: RetryTerms) {
    this.execution = execution;
    this.waiting = waiting;
    this.terms = terms;
  }

  /**
   * Handles an attempt that placed `placed` tasks of the job. `subject` is the subject of the event that returns the
   * job to its queue.
   */
  settle(job: JobId, placed: number, subject: number, now: Micros): void {
    if (this.waiting.count[job] === 0) this.waiting.forget(job);
    else if (this.isHopeless(job, placed)) this.giveUp(job);
    else this.sendAway(job, subject, now);
  }

  private sendAway(job: JobId, subject: number, now: Micros): void {
    const time = now + this.terms.after;
    this.waiting.sendAway(job, time);
    this.execution.schedule(time, EventClass.decision, subject);
  }

  /** As in google/cluster-scheduler-simulator: over 100 attempts without any placed task, or over 1000 attempts. */
  private isHopeless(job: JobId, placed: number): boolean {
    const attempts = this.waiting.attempts[job];
    const isFruitless = placed === 0 && this.execution.cluster.jobs.everStarted[job] === 0;
    return attempts > this.terms.attempts || (isFruitless && attempts > this.terms.fruitlessAttempts);
  }

  private giveUp(job: JobId): void {
    const { waiting } = this;
    for (let left = waiting.count[job]; left > 0; left--) {
      const task = waiting.firstOf(job);
      waiting.remove(task);
      // The row of the job may be released with its last task.
      if (left === 1) waiting.forget(job);
      this.execution.withdraw(task, 'abandoned');
    }
  }
}

/** First-come, first-served queue of jobs before a scheduler that serves one job at a time. */
export class JobLine {
  length = 0;
  private ring = new Int32Array(16);
  private head = 0;

  /** The job at the head, or NONE. */
  get first(): JobId {
    return this.length === 0 ? NONE : this.ring[this.head];
  }

  add(job: JobId): void {
    if (this.length === this.ring.length) this.grow();
    this.ring[(this.head + this.length++) % this.ring.length] = job;
  }

  /** Removes and returns the job at the head, or NONE. */
  take(): JobId {
    const job = this.first;
    if (job === NONE) return NONE;
    this.head = (this.head + 1) % this.ring.length;
    this.length--;
    return job;
  }

  /** Removes a job from any position. This is rare, so a linear search is fast enough. */
  remove(job: JobId): void {
    let kept = 0;
    for (let i = 0; i < this.length; i++) {
      const other = this.ring[(this.head + i) % this.ring.length];
      if (other !== job) this.ring[(this.head + kept++) % this.ring.length] = other;
    }
    this.length = kept;
  }

  private grow(): void {
    const larger = new Int32Array(this.ring.length * 2);
    for (let i = 0; i < this.length; i++) larger[i] = this.ring[(this.head + i) % this.ring.length];
    this.ring = larger;
    this.head = 0;
  }
}
