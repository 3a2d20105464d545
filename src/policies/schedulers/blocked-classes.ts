import { StampSet } from './stamp-set.js';

/** Task classes that found no room in a pass, with the highest priority that tried. Emptied in constant time. */
export class BlockedClasses {
  private readonly classes = new StampSet();
  private readonly priority: number[] = [];

  get size(): number {
    return this.classes.size;
  }

  clear(): void {
    this.classes.clear();
  }

  /** Has a task of this class, and of this priority or a higher one, found no room? */
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
