import {
  type Constraint,
  FOREVER,
  type FrameworkSpec,
  type PlacementRule,
  type ResourceSpace,
  setFact,
} from '../model/index.js';
import type { LoadCurve } from './load-curve.js';
import type { ScaledApplication } from './scaled-application.js';
import type { RowDependencies, TaskRow } from './task-row.js';

export type { LoadCurve } from './load-curve.js';
export type { RowDependencies, TaskRow } from './task-row.js';
export type { UsageProfile } from './usage-profile.js';

/** A workload opened for one run. Frameworks, constraints and curves may be added while rows are read. */
export interface Trace {
  readonly space: ResourceSpace;
  readonly frameworks: readonly FrameworkSpec[];
  /** Entry 0 is the empty conjunction. */
  readonly constraints: readonly (readonly Constraint[])[];
  /** Placement rules of jobs. Entry 0 is the empty rule and is undefined. */
  readonly rules?: readonly (PlacementRule | undefined)[];
  /** Entry 0 is the constant curve and is undefined. */
  readonly curves: readonly (LoadCurve | undefined)[];
  /**
   * The jobs that later jobs follow (RowDependencies). Their ends are remembered for the whole run. Complete when the first batch
   * is read; left out if no job follows another.
   */
  readonly followed?: { has(job: string | number): boolean };
  /** Names of the frameworks whose jobs are instances of services: they run until an operator or the end of the run stops them. */
  readonly services?: ReadonlySet<string>;
  /** Applications that scale during the run. Their instances are not rows. */
  readonly applications?: readonly ScaledApplication[];
  /** The rows in batches, so that a reader has only one batch in memory. */
  batches(): AsyncIterable<TaskBatch> | Iterable<TaskBatch>;
  /** Rows of the past that provide the mix of tasks in advance. When left out, the rows of `batches` are used. */
  history?(): AsyncIterable<TaskBatch> | Iterable<TaskBatch>;
}

/** Rows in columns. A reader fills a batch, yields it, and does not use it again. */
export class TaskBatch {
  /** Number of rows. */
  length = 0;
  readonly dims: number;
  readonly job: (string | number)[] = [];
  readonly framework: Int32Array;
  readonly submit: Float64Array;
  readonly tasks: Int32Array;
  readonly demand: Int32Array;
  readonly gpuCount: Int32Array;
  readonly gpuMilliEach: Int32Array;
  readonly constraint: Int32Array;
  readonly estimate: Float64Array;
  readonly timeLimit: Float64Array;
  readonly priority: Int32Array;
  readonly gang: Uint8Array;
  readonly rule: Int32Array;
  readonly user: (string | undefined)[] = [];
  readonly group: (string | undefined)[] = [];
  readonly queue: (string | undefined)[] = [];
  readonly labels: TaskRow['labels'][] = [];
  readonly dependencies: (RowDependencies | undefined)[] = [];
  /** Sparse: most traces name no speed class. */
  readonly speedClass: (string | undefined)[] = [];
  readonly deadline: Float64Array;
  readonly duration: Float64Array;
  readonly failAfter: Float64Array;
  readonly attempts: TaskRow['attempts'][] = [];
  readonly ended: TaskRow['ended'][] = [];
  /** NaN where the trace does not say it. */
  readonly usage: Float64Array;
  readonly profile: TaskRow['profile'][] = [];
  readonly curve: Int32Array;
  /** Least numbers of running members of gangs, 0 for all; undefined while no row has one. */
  minimum: Int32Array | undefined;

  constructor(dims: number, capacity = 1024) {
    this.dims = dims;
    this.framework = new Int32Array(capacity);
    this.submit = new Float64Array(capacity);
    this.tasks = new Int32Array(capacity).fill(1);
    this.demand = new Int32Array(capacity * dims);
    this.gpuCount = new Int32Array(capacity);
    this.gpuMilliEach = new Int32Array(capacity);
    this.constraint = new Int32Array(capacity);
    this.estimate = new Float64Array(capacity).fill(FOREVER);
    this.timeLimit = new Float64Array(capacity).fill(FOREVER);
    this.priority = new Int32Array(capacity);
    this.gang = new Uint8Array(capacity);
    this.rule = new Int32Array(capacity);
    this.deadline = new Float64Array(capacity).fill(FOREVER);
    this.duration = new Float64Array(capacity);
    this.failAfter = new Float64Array(capacity).fill(FOREVER);
    this.usage = new Float64Array(capacity * dims).fill(Number.NaN);
    this.curve = new Int32Array(capacity);
  }

  get isFull(): boolean {
    return this.length === this.framework.length;
  }

  /** Sets the least number of running members of the row's gang; 0 for all. */
  setMinimum(row: number, minimum: number): void {
    if (minimum === 0) return;
    this.minimum ??= new Int32Array(this.framework.length);
    this.minimum[row] = minimum;
  }

  /** Appends a row. The batch must not be full. */
  push(row: TaskRow): void {
    this.set(this.length++, row);
  }

  /** Writes a row in place `i`. */
  set(i: number, row: TaskRow): void {
    this.job[i] = row.job;
    this.framework[i] = row.framework;
    this.submit[i] = row.submit;
    this.tasks[i] = row.tasks;
    this.gpuCount[i] = row.gpuCount;
    this.gpuMilliEach[i] = row.gpuMilliEach;
    this.constraint[i] = row.constraint;
    this.estimate[i] = row.estimate;
    this.timeLimit[i] = row.timeLimit ?? row.estimate;
    this.priority[i] = row.priority;
    this.gang[i] = row.gang ? 1 : 0;
    this.rule[i] = row.rule;
    if (row.minimum !== undefined) this.setMinimum(i, row.minimum);
    setFact(this.user, i, row.user);
    setFact(this.group, i, row.group);
    setFact(this.queue, i, row.queue);
    setFact(this.labels, i, row.labels);
    setFact(this.dependencies, i, row.dependencies);
    setFact(this.speedClass, i, row.speedClass);
    this.deadline[i] = row.deadline ?? FOREVER;
    this.duration[i] = row.duration;
    this.failAfter[i] = row.failAfter;
    setFact(this.attempts, i, row.attempts);
    setFact(this.ended, i, row.ended);
    setFact(this.profile, i, row.profile);
    this.curve[i] = row.curve;
    for (let d = 0; d < this.dims; d++) {
      this.demand[i * this.dims + d] = row.demand[d];
      this.usage[i * this.dims + d] = row.usage === undefined ? Number.NaN : row.usage[d];
    }
  }
}

/** One row of a batch. Its demand and usage are views of the batch's columns. */
export function rowAt(batch: TaskBatch, row: number): TaskRow {
  const { dims } = batch;
  return {
    job: batch.job[row],
    framework: batch.framework[row],
    submit: batch.submit[row],
    tasks: batch.tasks[row],
    demand: batch.demand.subarray(row * dims, (row + 1) * dims),
    gpuCount: batch.gpuCount[row],
    gpuMilliEach: batch.gpuMilliEach[row],
    constraint: batch.constraint[row],
    estimate: batch.estimate[row],
    timeLimit: batch.timeLimit[row],
    priority: batch.priority[row],
    gang: batch.gang[row] === 1,
    minimum: batch.minimum?.[row] ?? 0,
    rule: batch.rule[row],
    user: batch.user[row],
    group: batch.group[row],
    queue: batch.queue[row],
    labels: batch.labels[row],
    deadline: batch.deadline[row],
    dependencies: batch.dependencies[row],
    speedClass: batch.speedClass[row],
    duration: batch.duration[row],
    failAfter: batch.failAfter[row],
    attempts: batch.attempts[row],
    ended: batch.ended[row],
    profile: batch.profile[row],
    usage: batch.usage.subarray(row * dims, (row + 1) * dims),
    curve: batch.curve[row],
  };
}

/** Default values of a row. */
export const PLAIN_ROW = {
  tasks: 1,
  gpuCount: 0,
  gpuMilliEach: 0,
  constraint: 0,
  estimate: FOREVER,
  priority: 0,
  gang: false,
  rule: 0,
  failAfter: FOREVER,
  usage: undefined,
  curve: 0,
} as const;

/** Collects the rows of a generator into batches. */
export function* batched(rows: Iterable<TaskRow>, dims: number): Iterable<TaskBatch> {
  let batch = new TaskBatch(dims);
  for (const row of rows) {
    batch.push(row);
    if (!batch.isFull) continue;
    yield batch;
    batch = new TaskBatch(dims);
  }
  if (batch.length > 0) yield batch;
}

/** Collects the rows of a file reader into batches. */
export async function* batchedAsync(rows: AsyncIterable<TaskRow>, dims: number): AsyncIterable<TaskBatch> {
  let batch = new TaskBatch(dims);
  for await (const row of rows) {
    batch.push(row);
    if (!batch.isFull) continue;
    yield batch;
    batch = new TaskBatch(dims);
  }
  if (batch.length > 0) yield batch;
}
