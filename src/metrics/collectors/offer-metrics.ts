import type { Cluster, Micros, OfferEnd } from '../../model/index.js';
import { LogHistogram } from '../kernels/log-histogram.js';
import { TimeWeightedGauge } from '../kernels/time-weighted-gauge.js';

/** The offers of a run: their numbers, how long they were open, and the share of the cluster that was offered. */
export class OfferMetrics {
  readonly counts = { made: 0, accepted: 0, declined: 0, rescinded: 0 };
  /** Micros for which offers were open. */
  readonly held = new LogHistogram();
  /** Offered share of the capacity, by dimension. */
  readonly level: readonly TimeWeightedGauge[];
  private readonly cluster: Cluster;

  constructor(cluster: Cluster) {
    this.cluster = cluster;
    this.level = cluster.space.names.map(() => new TimeWeightedGauge());
  }

  made(now: Micros): void {
    this.counts.made++;
    this.levelChanged(now);
  }

  ended(end: OfferEnd, held: Micros, now: Micros): void {
    this.counts[end]++;
    this.held.record(held);
    this.levelChanged(now);
  }

  /** What is offered, or the capacity of the cluster, changed. */
  levelChanged(now: Micros): void {
    const { offered, total } = this.cluster;
    for (const [d, gauge] of this.level.entries())
      gauge.set(total[d] > 0 ? offered.total[d] / total[d] : 0, now);
  }
}
