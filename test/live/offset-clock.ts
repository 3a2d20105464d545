import { type Cancel, type Clock, wallClock } from '../../src/live/clock.js';
import type { Micros } from '../../src/model/index.js';

/** The machine's clock, as it would be seen if somebody set it: it can jump, while timers keep their length. */
export class OffsetClock implements Clock {
  private offset: Micros = 0;

  now(): Micros {
    return wallClock.now() + this.offset;
  }

  after(delay: Micros, run: () => void): Cancel {
    return wallClock.after(delay, run);
  }

  /** Forwards, or backwards. */
  jump(by: Micros): void {
    this.offset += by;
  }
}
