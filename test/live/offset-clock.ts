import { type Cancel, type Clock, wallClock } from '../../src/live/clock.js';
import type { Micros } from '../../src/model/index.js';

/** The system clock with an offset. It can jump, as if the system time were changed; timers keep their length. */
export class OffsetClock implements Clock {
  private offset: Micros = 0;

  now(): Micros {
    return wallClock.now() + this.offset;
  }

  after(delay: Micros, run: () => void): Cancel {
    return wallClock.after(delay, run);
  }

  /** Makes the time jump forwards or backwards. */
  jump(by: Micros): void {
    this.offset += by;
  }
}
