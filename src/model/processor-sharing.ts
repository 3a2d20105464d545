import type { Micros } from './micros.js';

/**
 * Jobs that share one server equally (egalitarian processor sharing; Kleinrock, "Queueing Systems" vol. 2, 1976). Each
 * of `n` current jobs gets 1/n of the rate. A job without others takes exactly its own time, in microseconds.
 */
export class ProcessorSharing<T> {
  /** Remaining work in Micros at the full rate. */
  private readonly left = new Map<T, number>();
  private since: Micros = 0;

  /** Adds a job at `now`. `work` is its time without other jobs, in Micros. */
  add(one: T, work: Micros, now: Micros): void {
    this.advance(now);
    this.left.set(one, work);
  }

  /** Removes a job at `now`. No effect if it is done or was never added. */
  remove(one: T, now: Micros): void {
    this.advance(now);
    this.left.delete(one);
  }

  /** End of each current job, rounded to Micros, if no job is added or removed before. */
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
