/** Event counters since the master started, by Mesos metric name. */
export class Counters {
  private readonly counts = new Map<string, number>();

  add(name: string, by = 1): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + by);
  }

  of(name: string): number {
    return this.counts.get(name) ?? 0;
  }

  /** All counters, by name. */
  entries(): IterableIterator<[string, number]> {
    return this.counts.entries();
  }
}

/** Number of kept allocation run times. Mesos keeps two weeks in a buffer of 1000 (libprocess, TimeSeries). */
const KEPT = 1000;
const QUANTILES = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99, p999: 0.999, p9999: 0.9999 };

/** Durations of the latest allocation runs, milliseconds. */
export class RunTimes {
  private readonly times = new Float64Array(KEPT);
  private count = 0;

  /** Adds the duration of a run. */
  add(milliseconds: number): void {
    this.times[this.count++ % KEPT] = milliseconds;
  }

  /** Mesos's timer statistics, by suffix of the metric name (docs/monitoring.md); empty before the first run. */
  statistics(): Readonly<Record<string, number>> {
    if (this.count === 0) return {};
    const sorted = this.times.slice(0, Math.min(this.count, KEPT)).sort();
    const at = (part: number) => sorted[Math.floor(part * (sorted.length - 1))] as number;
    return {
      '': this.times[(this.count - 1) % KEPT] as number,
      '/count': this.count,
      '/min': at(0),
      '/max': at(1),
      ...Object.fromEntries(Object.entries(QUANTILES).map(([name, part]) => [`/${name}`, at(part)])),
    };
  }
}
