import type { Micros } from '../../model/index.js';

const BUCKETS = 1000;

/** A share over time: its mean, its quantiles by time, and its maximum. */
export interface ShareOverTime {
  readonly mean: number;
  readonly peak: number;
  /** The share that is not exceeded for a share q of the time. */
  quantile(q: number): number;
}

/**
 * Amounts as shares of a whole that may change too, by dimension, weighted by time. The mean is the integral of the amount divided by
 * that of the whole, so shares of parts add up to the share of their sum. Mean and peak are exact; quantiles are within 0.001, and values above
 * 1 count as 1 in them. A value that lasts no time does not count.
 */
export class SharesOverTime {
  /** The amounts now, and the wholes now. Call `advance` before either changes. */
  readonly amounts: Float64Array;
  readonly wholes: Float64Array;
  private readonly integral: Float64Array;
  private readonly wholeIntegral: Float64Array;
  private readonly highest: Float64Array;
  private readonly timeAt: Float64Array;
  private duration: Micros = 0;
  private since: Micros;

  constructor(wholes: Float64Array, origin: Micros) {
    const dims = wholes.length;
    this.wholes = wholes;
    this.since = origin;
    this.amounts = new Float64Array(dims);
    this.integral = new Float64Array(dims);
    this.wholeIntegral = new Float64Array(dims);
    this.highest = new Float64Array(dims);
    this.timeAt = new Float64Array(dims * (BUCKETS + 1));
  }

  /** Counts the time up to `now`. Most events of an instant find it counted. */
  advance(now: Micros): void {
    if (now > this.since) this.count(now);
  }

  private count(now: Micros): void {
    const lasted = now - this.since;
    this.since = now;
    this.duration += lasted;
    const { amounts, wholes, highest } = this;
    for (let d = 0; d < amounts.length; d++) {
      const amount = amounts[d];
      const whole = wholes[d];
      this.integral[d] += amount * lasted;
      this.wholeIntegral[d] += whole * lasted;
      const share = whole > 0 ? amount / whole : 0;
      if (share > highest[d]) highest[d] = share;
      this.timeAt[d * (BUCKETS + 1) + Math.min(BUCKETS, Math.round(share * BUCKETS))] += lasted;
    }
  }

  of(dimension: number): ShareOverTime {
    const highest = this.highest[dimension];
    const whole = this.wholeIntegral[dimension];
    const { timeAt, duration } = this;
    const row = dimension * (BUCKETS + 1);
    return {
      mean: whole > 0 ? this.integral[dimension] / whole : 0,
      peak: highest,
      quantile(q) {
        let seen = 0;
        for (let bucket = 0; bucket <= BUCKETS; bucket++) {
          seen += timeAt[row + bucket];
          if (seen > 0 && seen >= q * duration) return Math.min(highest, bucket / BUCKETS);
        }
        return highest;
      },
    };
  }
}
