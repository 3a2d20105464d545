import type { Micros } from '../../model/index.js';

/** The data of a replicated service. Each instance holds one copy of its part of all pieces, on a volume of its own. */
export interface DataTerms {
  /** Copies of each piece. */
  readonly replicas: number;
  /** Pieces in all (partitions, ranges, blocks), whose copies lie on instances drawn at random. */
  readonly pieces: number;
  /** How fast lost copies are made anew, all together, bytes per second. */
  readonly copyRate: number;
  /** Instances that send them. */
  readonly senders: number;
  /** What sending takes of each of these: a share of what it can move, from 0 to 1. */
  readonly senderShare: number;
}

/** What became of a service's data. */
export interface DataSummary {
  /** Share of the time in which some pieces had fewer copies than they should. */
  readonly atRisk: number;
  /** The most maximum number of copies missing at one time. */
  readonly mostMissing: number;
  readonly lossProbability: number;
  /** Bytes copied to make lost copies anew, and maximum copy rate, bytes per second. */
  readonly copied: number;
  readonly copyPeak: number;
  /** Share of the time in which copies were sent. */
  readonly copying: number;
  /** What sending took of normal work: the share of what all instances could move over the time. */
  readonly capacityTaken: number;
}

/**
 * Follows the copies of a service's data: missing while their instance does not serve, lost from the moment that they are made anew elsewhere
 * until that is done.
 */
export class DataAtRisk {
  private readonly terms: DataTerms;
  private missing = 0;
  private copying = 0;
  private mostMissing = 0;
  /** The most copies that were lost at one time, since fewer than `replicas` were; and the chance that all before spared the data. */
  private mostLost = 0;
  private instances = 0;
  private size = 0;
  private spared = 1;
  private copied = 0;
  private copyPeak = 0;
  private copyTime: Micros = 0;
  private taken = 0;
  private riskTime: Micros = 0;
  private time: Micros = 0;

  constructor(terms: DataTerms) {
    this.terms = terms;
  }

  /** So long it was as it is. */
  advance(lasted: Micros): void {
    this.time += lasted;
    if (this.missing > 0) this.riskTime += lasted;
    if (this.copying === 0) return;
    const { copyRate, senders, senderShare } = this.terms;
    this.copyTime += lasted;
    this.copied += (copyRate * lasted) / 1e6;
    this.taken += (lasted * senderShare * Math.min(senders, this.size - this.missing)) / this.size;
  }

  /** From now on so many copies of so many are missing, and of these so many are lost and being made anew. */
  set(instances: number, missing: number, copying: number): void {
    this.size = instances;
    this.missing = missing;
    this.copying = copying;
    this.mostMissing = Math.max(this.mostMissing, missing);
    this.copyPeak = Math.max(this.copyPeak, copying > 0 ? this.terms.copyRate : 0);
    if (copying < this.terms.replicas) this.closeEpisode();
    if (copying <= this.mostLost) return;
    this.mostLost = copying;
    this.instances = instances;
  }

  summary(): DataSummary {
    this.closeEpisode();
    return {
      atRisk: this.time === 0 ? 0 : this.riskTime / this.time,
      mostMissing: this.mostMissing,
      lossProbability: 1 - this.spared,
      copied: this.copied,
      copyPeak: this.copyPeak,
      copying: this.time === 0 ? 0 : this.copyTime / this.time,
      capacityTaken: this.time === 0 ? 0 : this.taken / this.time,
    };
  }

  private closeEpisode(): void {
    const { replicas, pieces } = this.terms;
    this.spared *= 1 - lossProbability(this.mostLost, this.instances, replicas, pieces);
    this.mostLost = 0;
  }
}

/**
 * The chance that some piece has all its copies among `lost` of `instances`: 1 - (1 - C(lost, replicas) / C(instances, replicas))^pieces, where
 * the copies of each piece lie on instances drawn at random (random replication; Cidon et al., "Copysets", USENIX ATC 2013).
 */
export function lossProbability(lost: number, instances: number, replicas: number, pieces: number): number {
  if (lost < replicas) return 0;
  let all = 1;
  for (let i = 0; i < replicas; i++) all *= (lost - i) / (instances - i);
  return 1 - (1 - all) ** pieces;
}
