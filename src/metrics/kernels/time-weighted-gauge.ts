import type { Micros } from '../../model/index.js';

const BUCKETS = 1000;

/**
 * A share between 0 and 1 that changes in steps, such as the allocated share of the cpus, weighted by time. Mean and peak are
 * exact; quantiles are within 0.001. Values above 1 count as 1 in the quantiles.
 */
export class TimeWeightedGauge {
  private value = 0;
  private since: Micros = Number.NaN;
  private integral = 0;
  private duration: Micros = 0;
  private highest = 0;
  private readonly timeAt = new Float64Array(BUCKETS + 1);

  /** Sets the level to `value` from `now` on. */
  set(value: number, now: Micros): void {
    this.advance(now);
    this.value = value;
    if (value > this.highest) this.highest = value;
  }

  /** Counts the time up to `now`. */
  advance(now: Micros): void {
    const lasted = now - this.since;
    this.since = now;
    if (!(lasted > 0)) return;
    this.integral += this.value * lasted;
    this.duration += lasted;
    this.timeAt[Math.min(BUCKETS, Math.round(this.value * BUCKETS))] += lasted;
  }

  /** Mean over the counted time; 0 if no time was counted. */
  get mean(): number {
    return this.duration === 0 ? 0 : this.integral / this.duration;
  }

  get peak(): number {
    return this.highest;
  }

  /** The level that is not exceeded for a share q of the time. */
  quantile(q: number): number {
    let seen = 0;
    for (let bucket = 0; bucket <= BUCKETS; bucket++) {
      seen += this.timeAt[bucket];
      if (seen > 0 && seen >= q * this.duration) return Math.min(this.highest, bucket / BUCKETS);
    }
    return this.highest;
  }
}
