import type { Cluster, Micros, OfferEnd, OfferRounds } from '../../model/index.js';
import { BinnedEvents } from '../kernels/binned-events.js';
import { LogHistogram } from '../kernels/log-histogram.js';
import { SharesOverTime } from '../kernels/shares-over-time.js';
import type { TimeBins } from '../kernels/time-bins.js';
import type { ExistingCapacity } from './existing-capacity.js';

/** Offers: how they ended, how long they were open, and the share of the existing capacity that was offered. */
export class OfferMetrics {
  readonly counts = { made: 0, accepted: 0, declined: 0, rescinded: 0 };
  /** Micros for which offers were open. */
  readonly held = new LogHistogram();
  /** Offers made over time. */
  readonly series: BinnedEvents;
  private readonly cluster: Cluster;
  private readonly shares: SharesOverTime;

  constructor(cluster: Cluster, capacity: ExistingCapacity, bins: TimeBins, start: Micros) {
    this.cluster = cluster;
    this.series = new BinnedEvents(bins);
    this.shares = new SharesOverTime(capacity.now, start);
  }

  /** Offers of another part of the run are open at the start. */
  continueFrom(before: OfferMetrics, now: Micros): void {
    Object.assign(this.counts, before.counts);
    this.changed(now);
  }

  made(now: Micros): void {
    this.counts.made++;
    this.series.add(1, now);
    this.changed(now);
  }

  ended(end: OfferEnd, held: Micros, now: Micros): void {
    this.counts[end]++;
    this.held.record(held);
    this.changed(now);
  }

  /** Offers were made and declined at the same instants, when no other offer was open. */
  declinedAtOnce({ from, period, periods, offers, passes, offersByPass }: OfferRounds): void {
    const all = offers * periods;
    this.counts.made += all;
    this.counts.declined += all;
    this.held.recordZeros(all);
    passes.forEach((after, pass) => {
      this.series.addRepeated(offersByPass[pass], from + after, period, periods);
    });
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
