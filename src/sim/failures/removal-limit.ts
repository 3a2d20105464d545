import type { Micros } from '../../model/index.js';

/** Spaces the removals of machines, so that a failure of the network does not empty the cluster at once. */
export class RemovalLimit {
  private readonly gap: Micros;
  private next: Micros = 0;

  /** `gap` 0 sets no limit. */
  constructor(gap: Micros) {
    this.gap = gap;
  }

  /** Takes the next place in the line and returns its time, which is not before `now`. */
  take(now: Micros): Micros {
    const time = Math.max(now, this.next);
    this.next = time + this.gap;
    return time;
  }
}
