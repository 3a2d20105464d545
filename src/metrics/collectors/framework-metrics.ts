import {
  allocatedShare,
  type Cluster,
  type FrameworkId,
  type Micros,
  type TaskClassId,
} from '../../model/index.js';
import type { BinnedSeries } from '../kernels/binned-series.js';
import { LogHistogram } from '../kernels/log-histogram.js';
import { TimeWeightedGauge } from '../kernels/time-weighted-gauge.js';
import { TaskCounter } from './task-counter.js';
import { KnownUsage } from './usage-metrics.js';

/** Tasks, waits and resources of one framework. */
export class FrameworkMetrics {
  readonly tasks = new TaskCounter();
  /** Micros from a task's submission to its first start. */
  readonly wait = new LogHistogram();
  /** Micros from a job's submission to its end. */
  readonly response = new LogHistogram();
  readonly dominantShare = new TimeWeightedGauge();
  /** Columns of the run's series: allocated and used, one per dimension. */
  readonly allocatedColumns: readonly number[];
  readonly usedColumns: readonly number[];
  private readonly knownUsage: KnownUsage;
  private readonly cluster: Cluster;
  private readonly framework: FrameworkId;
  private readonly series: BinnedSeries;

  constructor(cluster: Cluster, framework: FrameworkId, series: BinnedSeries, origin: Micros) {
    this.cluster = cluster;
    this.framework = framework;
    this.series = series;
    this.allocatedColumns = cluster.space.names.map(() => series.addColumn());
    this.usedColumns = cluster.space.names.map(() => series.addColumn());
    this.knownUsage = new KnownUsage(cluster.space.size);
    this.dominantShare.set(0, origin);
  }

  allocationChanged(taskClass: TaskClassId, sign: 1 | -1, now: Micros): void {
    const { classes } = this.cluster;
    const dims = classes.dims;
    for (let d = 0; d < dims; d++)
      this.series.add(this.allocatedColumns[d], sign * classes.demand[taskClass * dims + d], now);
    this.shareChanged(now);
  }

  /** The framework's resources, or the capacity of the cluster, changed at `now`. */
  shareChanged(now: Micros): void {
    this.dominantShare.set(allocatedShare(this.cluster, this.framework), now);
  }

  usageChanged(used: Float64Array, now: Micros): void {
    this.knownUsage.changed(used);
    for (let d = 0; d < used.length; d++)
      if (!Number.isNaN(used[d])) this.series.set(this.usedColumns[d], used[d], now);
  }

  /** Whether the usage of all tasks was known at all times. */
  isUsageKnown(dimension: number): boolean {
    return this.knownUsage.has(dimension);
  }
}
