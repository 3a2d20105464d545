/** A set of small non-negative integers that is emptied in constant time. */
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

/** Task classes that found no room in a pass, with the highest priority that was tried. Emptied in constant time. */
export class BlockedClasses {
  private readonly classes = new StampSet();
  private readonly priority: number[] = [];

  get size(): number {
    return this.classes.size;
  }

  clear(): void {
    this.classes.clear();
  }

  /** Did a task of this class, with this priority or a higher one, find no room? */
  has(taskClass: number, priority: number): boolean {
    return this.classes.has(taskClass) && priority <= this.priority[taskClass];
  }

  add(taskClass: number, priority: number): void {
    this.priority[taskClass] = this.classes.has(taskClass)
      ? Math.max(priority, this.priority[taskClass])
      : priority;
    this.classes.add(taskClass);
  }
}
