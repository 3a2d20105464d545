import type { Cluster, FrameworkId, Micros } from '../../model/index.js';
import { TimeWeightedGauge } from '../kernels/time-weighted-gauge.js';

/** Of which resources the usage of all tasks was known at all times. */
export class KnownUsage {
  private hasUsage = false;
  /** 1 for resources of which the usage of a task is unknown. It stays so: a sum over a part of the time would mislead. */
  private readonly unknown: Uint8Array;

  constructor(dims: number) {
    this.unknown = new Uint8Array(dims);
  }

  /** The usage changed to these amounts; NaN where it is unknown. */
  changed(used: Float64Array): void {
    this.hasUsage = true;
    for (let d = 0; d < used.length; d++) if (Number.isNaN(used[d])) this.unknown[d] = 1;
  }

  has(dimension: number): boolean {
    return this.hasUsage && this.unknown[dimension] === 0;
  }
}

/** The used share of the cluster, by resource. */
export class UsageMetrics {
  /** Where the usage is not known, the level has no meaning. */
  readonly levels: TimeWeightedGauge[];
  private readonly cluster: Cluster;
  private readonly total: Float64Array;
  private readonly byFramework: Float64Array[] = [];
  private readonly known: KnownUsage;

  constructor(cluster: Cluster) {
    const { names, size } = cluster.space;
    this.cluster = cluster;
    this.levels = names.map(() => new TimeWeightedGauge());
    this.total = new Float64Array(size);
    this.known = new KnownUsage(size);
  }

  /** The usage of a framework, as in Observer. */
  changed(framework: FrameworkId, used: Float64Array, now: Micros): void {
    this.known.changed(used);
    this.byFramework[framework] ??= new Float64Array(used.length);
    const before = this.byFramework[framework];
    for (let d = 0; d < used.length; d++) {
      // A level cannot become NaN and known again.
      if (!this.known.has(d)) continue;
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
    return this.known.has(dimension);
  }
}
