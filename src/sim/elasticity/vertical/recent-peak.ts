/** The highest of the last values that were pushed: S_max of Autopilot (Rzadca et al., EuroSys 2020, section 3.2.2), and its hold on recommendations. */
export class RecentPeak {
  private readonly values: Float64Array;
  private next = 0;

  /** Keeps so many values. */
  constructor(length: number) {
    this.values = new Float64Array(Math.max(1, length));
  }

  push(value: number): void {
    this.values[this.next] = value;
    this.next = (this.next + 1) % this.values.length;
  }

  /** 0 before any value. */
  get highest(): number {
    return this.values.reduce((highest, value) => Math.max(highest, value), 0);
  }
}
