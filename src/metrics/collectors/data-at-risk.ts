import type { Micros } from '../../model/index.js';
import { LostCopies } from './lost-copies.js';

/** The data of a replicated service. Each instance has one copy of each of its pieces, on its own volume. */
export interface DataTerms {
  /** Copies of each piece. */
  readonly replicas: number;
  /** Number of pieces (partitions, ranges, blocks). Their copies are on random instances. */
  readonly pieces: number;
  /** Total rate at which lost copies are restored, in bytes per second. */
  readonly copyRate: number;
  /** Number of instances that send copies. */
  readonly senders: number;
  /** Share of the throughput of each sender that copying uses, from 0 to 1. */
  readonly senderShare: number;
}

/** The results for the data of a service. */
export interface DataSummary {
  /** Share of the time in which some pieces had too few copies. */
  readonly atRisk: number;
  /** Maximum number of copies missing at one time. */
  readonly mostMissing: number;
  readonly lossProbability: number;
  /** Bytes sent to restore lost copies, and the maximum copy rate in bytes per second. */
  readonly copied: number;
  readonly copyPeak: number;
  /** Share of the time in which copies were sent. */
  readonly copying: number;
  /** Share of the throughput of all instances over the time that copying used. */
  readonly capacityTaken: number;
}

/**
 * Tracks the copies of a service's data. A copy is missing while its instance does not serve. `lost` has those that do not exist.
 */
export class DataAtRisk {
  readonly lost: LostCopies;
  private readonly terms: DataTerms;
  private missing = 0;
  private copying = 0;
  private mostMissing = 0;
  private size = 0;
  private copied = 0;
  private copyPeak = 0;
  private copyTime: Micros = 0;
  private taken = 0;
  private riskTime: Micros = 0;
  private time: Micros = 0;

  constructor(terms: DataTerms) {
    this.terms = terms;
    this.lost = new LostCopies(terms.replicas, terms.pieces);
  }

  /** Counts a time in which the state did not change. */
  advance(lasted: Micros): void {
    this.time += lasted;
    if (this.missing > 0) this.riskTime += lasted;
    if (this.copying === 0) return;
    const { copyRate, senders, senderShare } = this.terms;
    this.copyTime += lasted;
    this.copied += (copyRate * lasted) / 1e6;
    this.taken += (lasted * senderShare * Math.min(senders, this.size - this.missing)) / this.size;
  }

  /**
   * Sets the state from now on: the number of instances, the number of those whose copies are missing, and of these the number
   * whose copies are being restored.
   */
  set(instances: number, missing: number, copying: number): void {
    this.size = instances;
    this.missing = missing;
    this.copying = copying;
    this.mostMissing = Math.max(this.mostMissing, missing);
    this.copyPeak = Math.max(this.copyPeak, copying > 0 ? this.terms.copyRate : 0);
  }

  summary(): DataSummary {
    return {
      atRisk: this.time === 0 ? 0 : this.riskTime / this.time,
      mostMissing: this.mostMissing,
      lossProbability: this.lost.probability(),
      copied: this.copied,
      copyPeak: this.copyPeak,
      copying: this.time === 0 ? 0 : this.copyTime / this.time,
      capacityTaken: this.time === 0 ? 0 : this.taken / this.time,
    };
  }
}
