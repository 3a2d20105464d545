/** Of which resources the usage of all tasks was known at all times. */
export class KnownUsage {
  private hasUsage = false;
  /** 1 for resources of which the usage of a task is unknown. It stays so: a sum over a part of the time would mislead. */
  private readonly unknown: Uint8Array;

  constructor(dims: number) {
    this.unknown = new Uint8Array(dims);
  }

  /** The usage changed to these amounts; NaN where it is unknown. */
  changed(used: Float64Array): void {
    this.hasUsage = true;
    for (let d = 0; d < used.length; d++) if (Number.isNaN(used[d])) this.unknown[d] = 1;
  }

  /** What was unknown in the part of a run before this one stays unknown. */
  continueFrom(before: KnownUsage): void {
    this.hasUsage = before.hasUsage;
    this.unknown.set(before.unknown);
  }

  has(dimension: number): boolean {
    return this.hasUsage && this.unknown[dimension] === 0;
  }
}
