import {
  type Cluster,
  isInRoom,
  type MachineId,
  type Micros,
  type TaskClassId,
  type TaskId,
} from '../../model/index.js';
import { type ShareOverTime, SharesOverTime } from '../kernels/shares-over-time.js';
import type { TimeBins } from '../kernels/time-bins.js';
import type { ExistingCapacity } from './existing-capacity.js';
import type { FrameworkMetrics } from './framework-metrics.js';
import type { MachineMetrics } from './machine-metrics.js';
import { type QueueMetrics, RUNNING } from './queue-metrics.js';

/**
 * The resources given to tasks, by framework and machine. Sums over time settle when an attempt ends: demand x lifetime. Only quantiles,
 * peaks and dominant shares follow each change.
 */
export class AllocationMetrics {
  private readonly cluster: Cluster;
  private readonly capacity: ExistingCapacity;
  private readonly bins: TimeBins;
  private readonly queue: QueueMetrics;
  private readonly machines: MachineMetrics;
  private readonly frameworks: readonly FrameworkMetrics[];
  private readonly shares: SharesOverTime;
  /** When running tasks got their current size, if that was after their start. */
  private readonly resizedAt = new Map<TaskId, Micros>();

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
  }

  taskStarted(task: TaskId, now: Micros): void {
    const { tasks } = this.cluster;
    this.machines.taskStarted(tasks.machine[task]);
    this.change(tasks.framework[task], tasks.taskClass[task], 1, now);
  }

  /** The attempt is over. */
  taskStopped(task: TaskId, machine: MachineId, now: Micros): void {
    const { tasks } = this.cluster;
    this.settle(task, machine, tasks.taskClass[task], now);
    if (this.resizedAt.size > 0) this.resizedAt.delete(task);
    this.change(tasks.framework[task], tasks.taskClass[task], -1, now);
  }

  taskResized(task: TaskId, before: TaskClassId, now: Micros): void {
    const { tasks } = this.cluster;
    this.settle(task, tasks.machine[task], before, now);
    this.resizedAt.set(task, now);
    this.change(tasks.framework[task], before, -1, now);
    this.change(tasks.framework[task], tasks.taskClass[task], 1, now);
  }

  /** Call it before the existing capacity changes, and `capacityChanged` after it. */
  beforeCapacityChanges(now: Micros): void {
    this.shares.advance(now);
  }

  capacityChanged(now: Micros): void {
    for (const framework of this.frameworks) this.setDominantShare(framework, now);
  }

  /** Settles the tasks that still run. */
  close(end: Micros): void {
    const { tasks } = this.cluster;
    for (let task = 0; task < tasks.bound; task++)
      if (isInRoom(tasks.state[task])) this.settle(task, tasks.machine[task], tasks.taskClass[task], end);
    this.shares.advance(end);
    for (const { dominantShare } of this.frameworks) dominantShare.advance(end);
  }

  /** The allocated share of the capacity over an ended run. Its mean is the sum of those of the frameworks. */
  of(dimension: number): ShareOverTime {
    const given = this.frameworks.reduce((sum, { allocatedTime }) => sum + allocatedTime[dimension], 0);
    const { peak, quantile } = this.shares.of(dimension);
    return { mean: this.capacity.shareOf(given, dimension), peak, quantile };
  }

  private settle(task: TaskId, machine: MachineId, taskClass: TaskClassId, now: Micros): void {
    const { tasks, classes } = this.cluster;
    const since = (this.resizedAt.size > 0 ? this.resizedAt.get(task) : undefined) ?? tasks.started[task];
    const lasted = now - since;
    if (!(lasted > 0)) return;
    this.bins.locate(since, now);
    this.queue.series.add(RUNNING, 1);
    this.machines.allocatedFor(machine, taskClass, lasted);
    const { allocated, allocatedTime } = this.frameworks[tasks.framework[task]];
    const { dims, demand } = classes;
    for (let d = 0; d < dims; d++) {
      allocatedTime[d] += demand[taskClass * dims + d] * lasted;
      allocated.add(d, demand[taskClass * dims + d]);
    }
  }

  private change(framework: number, taskClass: TaskClassId, sign: 1 | -1, now: Micros): void {
    const { dims, demand } = this.cluster.classes;
    this.shares.advance(now);
    const { amounts } = this.shares;
    const of = this.frameworks[framework];
    for (let d = 0; d < dims; d++) {
      const amount = sign * demand[taskClass * dims + d];
      amounts[d] += amount;
      of.amounts[d] += amount;
    }
    this.setDominantShare(of, now);
  }

  private setDominantShare({ amounts, dominantShare }: FrameworkMetrics, now: Micros): void {
    const whole = this.capacity.now;
    let share = 0;
    for (let d = 0; d < amounts.length; d++) if (amounts[d] > share * whole[d]) share = amounts[d] / whole[d];
    dominantShare.set(share, now);
  }
}
