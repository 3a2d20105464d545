import type { Cluster, FrameworkId, Micros } from '../../model/index.js';
import { TimeWeightedGauge } from '../kernels/time-weighted-gauge.js';

/** The used share of the cluster, by resource. */
export class UsageMetrics {
  /** Where the usage is not known, the level has no meaning. */
  readonly levels: TimeWeightedGauge[];
  private readonly cluster: Cluster;
  private readonly total: Float64Array;
  private readonly byFramework: Float64Array[] = [];
  private hasUsage = false;
  /** 1 for resources of which the usage of a task is unknown. */
  private readonly unknown: Uint8Array;

  constructor(cluster: Cluster) {
    const { names, size } = cluster.space;
    this.cluster = cluster;
    this.levels = names.map(() => new TimeWeightedGauge());
    this.total = new Float64Array(size);
    this.unknown = new Uint8Array(size);
  }

  /** The usage of a framework, as in Observer. */
  changed(framework: FrameworkId, used: Float64Array, now: Micros): void {
    this.hasUsage = true;
    this.byFramework[framework] ??= new Float64Array(used.length);
    const before = this.byFramework[framework];
    for (let d = 0; d < used.length; d++) {
      if (Number.isNaN(used[d])) this.unknown[d] = 1;
      // A level cannot become NaN and known again.
      if (this.unknown[d] === 1) continue;
      this.total[d] += used[d] - before[d];
      before[d] = used[d];
    }
    this.capacityChanged(now);
  }

  capacityChanged(now: Micros): void {
    const { total: capacity } = this.cluster;
    this.levels.forEach((level, d) => {
      level.set(capacity[d] > 0 ? this.total[d] / capacity[d] : 0, now);
    });
  }

  /** Whether the usage of all tasks was known at all times. */
  isKnown(dimension: number): boolean {
    return this.hasUsage && this.unknown[dimension] === 0;
  }
}
