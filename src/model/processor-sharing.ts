import type { Micros } from './micros.js';

/**
 * Work that is done at one rate, shared evenly by all that is there (egalitarian processor sharing; Kleinrock, "Queueing Systems" vol. 2, 1976): of `n` at one
 * time each gets 1/n. What is alone is done to the microsecond in its own time.
 */
export class ProcessorSharing<T> {
  /** Micros of work that are left, at the whole rate. */
  private readonly left = new Map<T, number>();
  private since: Micros = 0;

  /** From `now` on this takes part; `work` is how long it would take alone, in Micros. */
  add(one: T, work: Micros, now: Micros): void {
    this.advance(now);
    this.left.set(one, work);
  }

  /** From `now` on this takes no part; nothing happens where it is done, or never was here. */
  remove(one: T, now: Micros): void {
    this.advance(now);
    this.left.delete(one);
  }

  /** When each that is there will be done, rounded to Micros, if none comes or goes before. */
  ends(): ReadonlyMap<T, Micros> {
    return new Map(this.exactEnds().map(({ one, end }) => [one, Math.round(end)]));
  }

  private exactEnds(): { readonly one: T; readonly left: number; readonly end: number }[] {
    const order = [...this.left].sort(([, a], [, b]) => a - b);
    let end: number = this.since;
    let done = 0;
    return order.map(([one, left], place) => {
      end += (left - done) * (order.length - place);
      done = left;
      return { one, left, end };
    });
  }

  private advance(now: Micros): void {
    let done = 0;
    for (const { one, left, end } of this.exactEnds()) {
      if (end > now) break;
      this.left.delete(one);
      this.since = end;
      done = left;
    }
    if (this.left.size > 0) done += (now - this.since) / this.left.size;
    for (const [one, left] of this.left) this.left.set(one, left - done);
    this.since = now;
  }
}
