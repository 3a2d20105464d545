import type { Cluster, Micros, OfferEnd } from '../../model/index.js';
import { LogHistogram } from '../kernels/log-histogram.js';
import { SharesOverTime } from '../kernels/shares-over-time.js';
import type { ExistingCapacity } from './existing-capacity.js';

/** Offers: how they ended, how long they were open, and the share of the existing capacity that was offered. */
export class OfferMetrics {
  readonly counts = { made: 0, accepted: 0, declined: 0, rescinded: 0 };
  /** Micros for which offers were open. */
  readonly held = new LogHistogram();
  private readonly cluster: Cluster;
  private readonly shares: SharesOverTime;

  constructor(cluster: Cluster, capacity: ExistingCapacity, start: Micros) {
    this.cluster = cluster;
    this.shares = new SharesOverTime(capacity.now, start);
  }

  /** Offers of another part of the run are open at the start. */
  continueFrom(before: OfferMetrics, now: Micros): void {
    Object.assign(this.counts, before.counts);
    this.changed(now);
  }

  made(now: Micros): void {
    this.counts.made++;
    this.changed(now);
  }

  ended(end: OfferEnd, held: Micros, now: Micros): void {
    this.counts[end]++;
    this.held.record(held);
    this.changed(now);
  }

  /** Offers were made and declined at the same instant, when no other offer was open. */
  declinedAtOnce(offers: number): void {
    this.counts.made += offers;
    this.counts.declined += offers;
    this.held.recordZeros(offers);
  }

  /** What is offered may have changed. */
  changed(now: Micros): void {
    this.shares.advance(now);
    this.shares.amounts.set(this.cluster.offered.total);
  }

  /** Counts the time up to now. Call it before the existing capacity changes. */
  advance(now: Micros): void {
    this.shares.advance(now);
  }

  /** Mean offered share of the capacity over an ended run. */
  mean(dimension: number): number {
    return this.shares.of(dimension).mean;
  }
}
