import { DAY, type Micros } from '../../../model/index.js';

/** What a controller measured, look by look, for two days. */
export class LoadHistory {
  private readonly every: Micros;
  private readonly values: Float64Array;
  /** Number of the latest look; -1 before the first. */
  private latest = -1;

  constructor(every: Micros) {
    this.every = every;
    this.values = new Float64Array(Math.ceil((2 * DAY) / every)).fill(Number.NaN);
  }

  /** The load measured now; looks come every `every`. */
  record(load: number, now: Micros): void {
    this.latest = Math.floor(now / this.every);
    this.values[this.latest % this.values.length] = load;
  }

  /** The load at the look at or before this time; undefined where there was none, or it is forgotten. */
  at(time: Micros): number | undefined {
    const look = Math.floor(time / this.every);
    if (look < 0 || look > this.latest || look <= this.latest - this.values.length) return undefined;
    const value = this.values[look % this.values.length];
    return Number.isNaN(value) ? undefined : value;
  }
}
