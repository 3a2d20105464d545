import {
  type Cluster,
  InputError,
  type JobId,
  type Micros,
  NO_RULE,
  NONE,
  type Observer,
  type TaskId,
} from '../model/index.js';
import type { TaskBatch, Trace } from '../workloads/trace.js';
import type { TaskTruth } from './task-truth.js';

/** Where arrivals go: the architecture queues a task, or the simulation turns it away. */
export interface ArrivalSink {
  taskArrived(task: TaskId, now: Micros): void;
}

/**
 * Admits the rows of a trace to the ledger in their order, holding one batch at a time. Arrivals do not pass through the
 * event queue: they are sorted already, and the simulation merges the two.
 */
export class Arrivals {
  /** Submit time of the next row; Infinity after the last; meaningless while `isStarved`. */
  nextTime: Micros = Number.NaN;
  /** True when a batch must be fetched before the next row is known. */
  isStarved = true;

  private readonly trace: Trace;
  private readonly source: AsyncIterator<TaskBatch> | Iterator<TaskBatch>;
  private readonly cluster: Cluster;
  private readonly truth: TaskTruth;
  private readonly observer: Observer;
  private batch: TaskBatch | undefined;
  private row = 0;
  private job: JobId = NONE;
  private readonly constraintIds: number[] = [];
  private readonly ruleIds: number[] = [];
  /** What the tasks of the row at hand ask for, and their shape: one object each for all rows. */
  private readonly request = {
    job: NONE,
    taskClass: NONE,
    estimate: Number.NaN,
    priority: 0,
    submitted: Number.NaN,
  };
  private readonly shape: { demand: Int32Array; gpuCount: number; gpuMilliEach: number; constraint: number };

  constructor(trace: Trace, cluster: Cluster, truth: TaskTruth, observer: Observer) {
    const batches = trace.batches();
    this.source =
      Symbol.asyncIterator in batches ? batches[Symbol.asyncIterator]() : batches[Symbol.iterator]();
    this.trace = trace;
    this.cluster = cluster;
    this.truth = truth;
    this.observer = observer;
    this.shape = { demand: new Int32Array(trace.space.size), gpuCount: 0, gpuMilliEach: 0, constraint: 0 };
  }

  /** Makes the next row known. @throws InputError of the reader; when rows are not in order of submission. */
  async fetch(): Promise<void> {
    const before = this.nextTime;
    do {
      const result = await this.source.next();
      this.batch = result.done === true ? undefined : result.value;
    } while (this.batch?.length === 0);
    this.row = 0;
    this.isStarved = false;
    this.lookAhead();
    if (this.nextTime < before) throw unsorted(this.batch as TaskBatch, 0);
  }

  /** Lets the trace's reader close its file. */
  async close(): Promise<void> {
    await this.source.return?.();
  }

  /** Admits the next row: its job, when it is a new one, and its tasks. */
  admit(sink: ArrivalSink, now: Micros): void {
    const batch = this.batch as TaskBatch;
    const row = this.row;
    const job = this.jobOf(batch, row, now);
    const taskClass = this.classOf(batch, row);
    // Tasks of a row are submitted before any of them is queued, so that a gang is seen whole.
    const { request } = this;
    request.job = job;
    request.taskClass = taskClass;
    request.estimate = batch.estimate[row];
    request.priority = batch.priority[row];
    request.submitted = now;
    for (let i = 0; i < batch.tasks[row]; i++) {
      const task = this.cluster.submit(request);
      this.truth.set(task, batch, row);
      this.observer.taskSubmitted(task, now);
      sink.taskArrived(task, now);
    }
    this.row++;
    if (this.row < batch.length) this.lookAhead();
    else this.isStarved = true;
  }

  private jobOf(batch: TaskBatch, row: number, now: Micros): JobId {
    const continued =
      this.job !== NONE &&
      this.cluster.jobs.name[this.job] === batch.job[row] &&
      this.cluster.jobs.submitted[this.job] === now &&
      this.cluster.jobs.framework[this.job] === batch.framework[row];
    if (continued) return this.job;
    while (this.cluster.frameworks.length <= batch.framework[row]) {
      this.cluster.addFramework(this.trace.frameworks[this.cluster.frameworks.length]);
    }
    this.job = this.cluster.addJob({
      name: batch.job[row],
      framework: batch.framework[row],
      submitted: now,
      gang: batch.gang[row] === 1,
      rule: this.ruleId(batch.rule[row]),
    });
    this.observer.jobSubmitted(this.job, now);
    return this.job;
  }

  private classOf(batch: TaskBatch, row: number): number {
    const shape = this.shape;
    for (let d = 0; d < batch.dims; d++) shape.demand[d] = batch.demand[row * batch.dims + d];
    shape.gpuCount = batch.gpuCount[row];
    shape.gpuMilliEach = batch.gpuMilliEach[row];
    shape.constraint = this.constraintId(batch.constraint[row]);
    return this.cluster.classes.acquire(shape, batch.tasks[row]);
  }

  private constraintId(constraint: number): number {
    if (constraint === 0) return 0;
    this.constraintIds[constraint] ??= this.cluster.constraints.intern(this.trace.constraints[constraint]);
    return this.constraintIds[constraint];
  }

  private ruleId(rule: number): number {
    const asked = this.trace.rules?.[rule];
    if (asked === undefined) return NO_RULE;
    this.ruleIds[rule] ??= this.cluster.rules.intern(asked);
    return this.ruleIds[rule];
  }

  private lookAhead(): void {
    if (this.batch === undefined) {
      this.nextTime = Number.POSITIVE_INFINITY;
      return;
    }
    const next = this.batch.submit[this.row];
    if (next < this.nextTime) throw unsorted(this.batch, this.row);
    this.nextTime = next;
  }
}

function unsorted(batch: TaskBatch, row: number): InputError {
  const problem = `job "${batch.job[row]}" is submitted before the job that stands before it; a trace must be sorted by submit time`;
  return new InputError({}, problem);
}
