import { grown, MICROS_PER_SECOND, type Micros } from '../../model/index.js';
import type { Binned, TimeBins } from './time-bins.js';

/** Numbers of events over time. */
export class BinnedEvents implements Binned {
  private readonly bins: TimeBins;
  private counts = new Float64Array(16);
  /** Events of the latest instant, which may be many: they are binned together. */
  private now: Micros = Number.NaN;
  private latest = 0;

  constructor(bins: TimeBins) {
    this.bins = bins;
    bins.join(this);
  }

  /** Adds events at `now`. Times do not decrease. */
  add(events: number, now: Micros): void {
    if (now !== this.now) {
      this.flush();
      this.now = now;
    }
    this.latest += events;
  }

  /** Adds events at `from`, and again after each period: `times` times in all. */
  addRepeated(events: number, from: Micros, period: Micros, times: number): void {
    this.flush();
    const { bins } = this;
    const last = bins.binAt(from + (times - 1) * period);
    if (last >= this.counts.length) this.counts = grown(this.counts, last + 1);
    let done = 0;
    for (let bin = bins.binAt(from); bin <= last; bin++) {
      const until = Math.min(times, Math.ceil((bins.startOf(bin + 1) - from) / period));
      this.counts[bin] += events * (until - done);
      done = until;
    }
  }

  /** Events per second in each bin until `end`. Events at `end` belong to the last bin. */
  rates(end: Micros): Float64Array {
    this.flush();
    const rates = new Float64Array(this.bins.binsUntil(end));
    const last = rates.length - 1;
    const bins = Math.min(rates.length + 1, this.counts.length);
    for (let bin = 0; bin < bins && last >= 0; bin++) {
      const into = Math.min(bin, last);
      rates[into] += (this.counts[bin] * MICROS_PER_SECOND) / this.bins.lengthOf(into, end);
    }
    return rates;
  }

  merge(): void {
    const { counts } = this;
    for (let bin = 0; bin < counts.length; bin++)
      counts[bin] = (counts[2 * bin] ?? 0) + (counts[2 * bin + 1] ?? 0);
  }

  private flush(): void {
    if (this.latest === 0) return;
    const bin = this.bins.binAt(this.now);
    if (bin >= this.counts.length) this.counts = grown(this.counts, bin + 1);
    this.counts[bin] += this.latest;
    this.latest = 0;
  }
}
