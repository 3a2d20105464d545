/** A set of small whole numbers that is emptied in constant time. */
export class StampSet {
  size = 0;
  private stamps = new Int32Array(64);
  private stamp = 0;

  clear(): void {
    this.size = 0;
    this.stamp++;
  }

  has(value: number): boolean {
    return value < this.stamps.length && this.stamps[value] === this.stamp;
  }

  add(value: number): void {
    if (this.has(value)) return;
    if (value >= this.stamps.length) {
      const larger = new Int32Array(Math.max(value + 1, this.stamps.length * 2));
      larger.set(this.stamps);
      this.stamps = larger;
    }
    this.stamps[value] = this.stamp;
    this.size++;
  }
}
