import {
  type Cluster,
  grown,
  type JobId,
  type Micros,
  NONE,
  type PendingQueue,
  type TaskId,
} from '../../model/index.js';

/** Where a job stands. away: it will be back in line later. */
export type JobPlace = 'nowhere' | 'in-line' | 'served' | 'away';

/**
 * What architectures that serve whole jobs know of each job: its tasks that wait, where it stands, and how often it was tried.
 * The tasks of a job are chained through the links of the task table that a queue uses, since they wait in one or the other.
 */
export class WaitingJobs {
  /** Tasks in the job's chain. */
  count = new Int32Array(64);
  /** Attempts so far to place the tasks of the job; 0 again once all are placed. */
  attempts = new Int32Array(64);
  /** Since when it stands in line. */
  since = new Float64Array(64);
  /** When it will be in line again; NaN when it is not away. */
  returnsAt = new Float64Array(64).fill(Number.NaN);
  /** The scheduler it belongs to. */
  scheduler = new Int32Array(64);
  readonly place: JobPlace[] = [];

  private readonly cluster: Cluster;
  private first = new Int32Array(64).fill(NONE);
  private last = new Int32Array(64).fill(NONE);
  /** 1 for tasks that are in the chain of their job. */
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

  /** A task of the job waits, behind its other tasks. */
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

  /** A task waits no longer. */
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

  /** All waiting tasks of the job join the queue, in their order. */
  moveTo(queue: PendingQueue, job: JobId): void {
    for (let task = this.first[job]; task !== NONE; task = this.first[job]) {
      this.remove(task);
      queue.add(task);
    }
  }

  /** What is left of the queue waits on, in its order. */
  takeBack(queue: PendingQueue): void {
    for (let task = queue.first; task !== NONE; task = queue.first) {
      queue.remove(task);
      this.add(task);
    }
  }

  /** Nothing of the job waits any longer: its row may soon be another job's. */
  forget(job: JobId): void {
    this.place[job] = 'nowhere';
    this.attempts[job] = 0;
    this.returnsAt[job] = Number.NaN;
  }

  /** The job is away, until `time`. */
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
