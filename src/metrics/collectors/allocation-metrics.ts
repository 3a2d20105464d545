import {
  type Cluster,
  isInRoom,
  type MachineId,
  type Micros,
  type TaskClassId,
  type TaskId,
} from '../../model/index.js';
import { type ShareOverTime, SharesOverTime } from '../kernels/shares-over-time.js';
import type { BinnedAmounts, TimeBins } from '../kernels/time-bins.js';
import type { ExistingCapacity } from './existing-capacity.js';
import type { FrameworkMetrics } from './framework-metrics.js';
import type { MachineMetrics } from './machine-metrics.js';
import { type QueueMetrics, RUNNING } from './queue-metrics.js';

/** Rows of the log. They stay in a core's first cache. */
const ROWS = 256;

/** Columns of a row of the log; from AMOUNTS on, the amount of each resource. */
const NOW = 0;
const SINCE = 1;
const CHANGE = 2;
const MACHINE = 3;
const FRAMEWORK = 4;
const AMOUNTS = 5;

/** What a row says: a task gives its room back, gets other room without a wait, starts, or starts for the first time. */
const ENDS = -1;
const GROWS = 1;
const STARTS = 2;
const STARTS_FIRST = 3;

/**
 * The resources given to tasks, by framework and machine. Sums over time settle when an attempt ends: demand x lifetime. Only quantiles,
 * peaks and dominant shares follow each change.
 *
 * Starts and ends are logged, and settled many at a time: one loop over one array costs a third of as many calls of each collector.
 */
export class AllocationMetrics {
  /** The capacity that exists over time, in quanta: column `dimension`. */
  readonly existing: BinnedAmounts;
  private readonly cluster: Cluster;
  private readonly capacity: ExistingCapacity;
  private readonly bins: TimeBins;
  private readonly queue: QueueMetrics;
  private readonly machines: MachineMetrics;
  private readonly frameworks: readonly FrameworkMetrics[];
  private readonly shares: SharesOverTime;
  /** Until when `existing` is complete. */
  private existingUntil: Micros;
  /** When running tasks got their current size, if that was after their start. */
  private readonly resizedAt = new Map<TaskId, Micros>();
  private readonly rows: Float64Array;
  private readonly stride: number;
  /** End of the logged rows. */
  private logged = 0;

  constructor(
    cluster: Cluster,
    capacity: ExistingCapacity,
    bins: TimeBins,
    of: {
      readonly queue: QueueMetrics;
      readonly machines: MachineMetrics;
      readonly frameworks: readonly FrameworkMetrics[];
    },
    start: Micros,
  ) {
    this.cluster = cluster;
    this.capacity = capacity;
    this.bins = bins;
    this.queue = of.queue;
    this.machines = of.machines;
    this.frameworks = of.frameworks;
    this.shares = new SharesOverTime(capacity.now, start);
    this.stride = AMOUNTS + cluster.space.size;
    this.rows = new Float64Array(ROWS * this.stride);
    this.existing = bins.amounts(capacity.now.length);
    this.existingUntil = start;
  }

  /** The task has its resources from now on, without a start that counts. */
  holds(task: TaskId, now: Micros): void {
    const { machine, taskClass } = this.cluster.tasks;
    this.log(GROWS, task, machine[task], taskClass[task], now, now);
    this.resizedAt.set(task, now);
  }

  /** The task starts. It waited since `since`. */
  taskStarted(task: TaskId, since: Micros, now: Micros): void {
    const { attempts, machine, taskClass } = this.cluster.tasks;
    this.log(attempts[task] === 1 ? STARTS_FIRST : STARTS, task, machine[task], taskClass[task], since, now);
  }

  /** The attempt is over. */
  taskStopped(task: TaskId, machine: MachineId, now: Micros): void {
    this.log(ENDS, task, machine, this.cluster.tasks.taskClass[task], this.sizeSince(task), now);
    if (this.resizedAt.size > 0) this.resizedAt.delete(task);
  }

  taskResized(task: TaskId, before: TaskClassId, now: Micros): void {
    const { machine } = this.cluster.tasks;
    this.log(ENDS, task, machine[task], before, this.sizeSince(task), now);
    this.holds(task, now);
  }

  /** Call it before the existing capacity changes, and `capacityChanged` after it. */
  beforeCapacityChanges(now: Micros): void {
    this.settle();
    this.shares.advance(now);
    this.countExisting(now);
  }

  capacityChanged(now: Micros): void {
    for (const framework of this.frameworks) this.setDominantShare(framework, now);
  }

  /** Settles the tasks that still run. They keep their resources. */
  close(end: Micros): void {
    this.settle();
    const { tasks } = this.cluster;
    for (let task = 0; task < tasks.bound; task++)
      if (isInRoom(tasks.state[task])) {
        this.log(ENDS, task, tasks.machine[task], tasks.taskClass[task], this.sizeSince(task), end);
        this.logged = 0;
        this.settleRun(0);
      }
    this.shares.advance(end);
    this.countExisting(end);
    for (const { dominantShare } of this.frameworks) dominantShare.advance(end);
  }

  /** The allocated share of the capacity over an ended run. Its mean is the sum of those of the frameworks. */
  of(dimension: number): ShareOverTime {
    const given = this.frameworks.reduce((sum, { allocatedTime }) => sum + allocatedTime[dimension], 0);
    const { peak, quantile } = this.shares.of(dimension);
    return { mean: this.capacity.shareOf(given, dimension), peak, quantile };
  }

  /** Since when a running task has its current size. */
  private sizeSince(task: TaskId): Micros {
    const { started } = this.cluster.tasks;
    return (this.resizedAt.size > 0 ? this.resizedAt.get(task) : undefined) ?? started[task];
  }

  private countExisting(now: Micros): void {
    if (now === this.existingUntil) return;
    this.bins.locate(this.existingUntil, now);
    this.existingUntil = now;
    const { now: amounts } = this.capacity;
    for (let d = 0; d < amounts.length; d++) this.existing.add(d, amounts[d]);
  }

  private log(
    change: number,
    task: TaskId,
    machine: MachineId,
    taskClass: TaskClassId,
    since: Micros,
    now: Micros,
  ): void {
    const { rows, logged, stride } = this;
    const { dims, demand } = this.cluster.classes;
    rows[logged + NOW] = now;
    rows[logged + SINCE] = since;
    rows[logged + CHANGE] = change;
    rows[logged + MACHINE] = machine;
    rows[logged + FRAMEWORK] = this.cluster.tasks.framework[task];
    for (let d = 0; d < dims; d++) rows[logged + AMOUNTS + d] = demand[taskClass * dims + d];
    this.logged = logged + stride;
    if (this.logged === rows.length) this.settle();
  }

  /** Settles the logged rows, in their order. */
  private settle(): void {
    const { rows, stride, logged, frameworks, machines, queue, shares } = this;
    const { started } = machines;
    this.logged = 0;
    for (let row = 0; row < logged; row += stride) {
      const now = rows[row + NOW];
      const change = rows[row + CHANGE];
      const of = frameworks[rows[row + FRAMEWORK]];
      if (change === ENDS) this.settleRun(row);
      else if (change !== GROWS) {
        const since = rows[row + SINCE];
        started[rows[row + MACHINE]]++;
        if (change === STARTS_FIRST) of.wait.record(now - since);
        queue.waited(since, now);
      }
      shares.advance(now);
      this.change(of, row, change === ENDS ? -1 : 1);
      this.setDominantShare(of, now);
    }
  }

  /** Settles a run of a task at a size. */
  private settleRun(row: number): void {
    const { rows, bins, cluster } = this;
    const { dims } = cluster.classes;
    const since = rows[row + SINCE];
    const lasted = rows[row + NOW] - since;
    if (!(lasted > 0)) return;
    bins.locate(since, rows[row + NOW]);
    this.queue.series.add(RUNNING, 1);
    this.machines.allocatedFor(rows[row + MACHINE], rows, row + AMOUNTS, lasted);
    const { allocated, allocatedTime } = this.frameworks[rows[row + FRAMEWORK]];
    for (let d = 0; d < dims; d++) allocatedTime[d] += rows[row + AMOUNTS + d] * lasted;
    allocated.addRow(0, rows, row + AMOUNTS, dims);
  }

  private change(of: FrameworkMetrics, row: number, sign: 1 | -1): void {
    const { rows } = this;
    const total = this.shares.amounts;
    const own = of.amounts;
    for (let d = 0; d < total.length; d++) {
      const amount = sign * rows[row + AMOUNTS + d];
      total[d] += amount;
      own[d] += amount;
    }
  }

  private setDominantShare({ amounts, dominantShare }: FrameworkMetrics, now: Micros): void {
    const whole = this.capacity.now;
    let share = 0;
    for (let d = 0; d < amounts.length; d++) if (amounts[d] > share * whole[d]) share = amounts[d] / whole[d];
    dominantShare.set(share, now);
  }
}
