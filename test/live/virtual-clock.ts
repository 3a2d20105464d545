import type { Clock } from '../../src/live/clock.js';
import type { Micros } from '../../src/model/index.js';

interface Timer {
  readonly at: Micros;
  readonly run: () => void;
}

/** A clock that only a test advances. */
export class VirtualClock implements Clock {
  private time: Micros;
  private readonly timers = new Set<Timer>();

  constructor(start: Micros) {
    this.time = start;
  }

  now(): Micros {
    return this.time;
  }

  after(delay: Micros, run: () => void): () => void {
    if (!Number.isFinite(delay)) return () => undefined;
    const timer = { at: this.time + Math.max(0, delay), run };
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  }

  /** Advances the time. Timers fire in order of their due time; timers with equal due time fire in order of creation. */
  async advance(by: Micros): Promise<void> {
    const end = this.time + by;
    for (;;) {
      let next: Timer | undefined;
      for (const timer of this.timers)
        if (timer.at <= end && (next === undefined || timer.at < next.at)) next = timer;
      if (next === undefined) break;
      this.timers.delete(next);
      this.time = next.at;
      next.run();
      await settled();
    }
    this.time = end;
    await settled();
  }
}

/** Waits until all consequences of past events are complete. Stores of tests resolve their promises immediately. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
