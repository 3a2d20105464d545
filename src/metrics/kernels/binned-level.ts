import type { Micros } from '../../model/index.js';
import type { BinnedAmounts, TimeBins } from './time-bins.js';

/** A value that changes in steps, as means in bins of time. */
export class BinnedLevel {
  private readonly amounts: BinnedAmounts;
  private level = 0;
  private since: Micros;

  constructor(bins: TimeBins, origin: Micros) {
    this.amounts = bins.amounts(1);
    this.since = origin;
  }

  /** The value from `now` on. */
  set(level: number, now: Micros): void {
    this.advance(now);
    this.level = level;
  }

  /** Adds to the value, from `now` on. */
  change(by: number, now: Micros): void {
    this.set(this.level + by, now);
  }

  /** Counts the time up to `now`. */
  advance(now: Micros): void {
    if (!(now > this.since)) return;
    if (this.level !== 0) this.amounts.addDuring(0, this.level, this.since, now);
    this.since = now;
  }

  /** The mean in each bin until `end`, up to which the time was counted. */
  means(end: Micros): Float64Array {
    return this.amounts.means(0, end);
  }
}
