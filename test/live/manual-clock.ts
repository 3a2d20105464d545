import type { Cancel, Clock } from '../../src/live/clock.js';
import type { Micros } from '../../src/model/index.js';

/** A clock that only a test advances. */
export class ManualClock implements Clock {
  private time: Micros = 0;
  private readonly timers = new Set<{ readonly at: Micros; readonly run: () => void }>();

  now(): Micros {
    return this.time;
  }

  after(delay: Micros, run: () => void): Cancel {
    const timer = { at: this.time + delay, run };
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  }

  /** Advances the time; each due timer fires at its time. */
  advance(by: Micros): void {
    const end = this.time + by;
    for (;;) {
      const [next] = [...this.timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.timers.delete(next);
      this.time = Math.max(this.time, next.at);
      next.run();
    }
    this.time = end;
  }
}
