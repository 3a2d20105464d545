/** Counts of what has happened since the master started, by the names of Mesos's metrics. */
export class Counters {
  private readonly counts = new Map<string, number>();

  add(name: string, by = 1): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + by);
  }

  of(name: string): number {
    return this.counts.get(name) ?? 0;
  }

  /** All of them, by name. */
  entries(): IterableIterator<[string, number]> {
    return this.counts.entries();
  }
}
