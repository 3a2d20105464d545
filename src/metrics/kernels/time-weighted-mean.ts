import type { Micros } from '../../model/index.js';

/** The mean and the maximum of a value that changes in steps, weighted by time. A value that lasts no time does not count. */
export class TimeWeightedMean {
  peak = 0;
  private value = 0;
  private since: Micros;
  private integral = 0;
  private duration: Micros = 0;

  constructor(origin: Micros) {
    this.since = origin;
  }

  /** The value from `now` on. */
  set(value: number, now: Micros): void {
    if (now > this.since) this.advance(now);
    this.value = value;
  }

  /** Counts the time up to `now`. */
  advance(now: Micros): void {
    const lasted = now - this.since;
    if (!(lasted > 0)) return;
    this.since = now;
    this.integral += this.value * lasted;
    this.duration += lasted;
    if (this.value > this.peak) this.peak = this.value;
  }

  /** 0 if no time was counted. */
  get mean(): number {
    return this.duration === 0 ? 0 : this.integral / this.duration;
  }
}
