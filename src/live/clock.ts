import type { Micros } from '../model/index.js';

/** Cancels a timer; no effect after it has fired. */
export type Cancel = () => void;

/** Time and timers. Tests inject their own. */
export interface Clock {
  /** Time since the Unix epoch; monotonic: it ignores changes of the system clock. */
  now(): Micros;
  /** Runs a callback once after a delay. */
  after(delay: Micros, run: () => void): Cancel;
}

/** The longest delay of Node's timers; longer ones fire immediately. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The system clock at process start plus a monotonic clock. */
export const wallClock: Clock = {
  now: () => Math.round((performance.timeOrigin + performance.now()) * 1000),
  after(delay, run) {
    if (!Number.isFinite(delay)) return () => undefined;
    let timer: NodeJS.Timeout;
    const wait = (milliseconds: number) => {
      const now = Math.min(milliseconds, LONGEST_TIMER_MS);
      timer = setTimeout(() => (milliseconds > now ? wait(milliseconds - now) : run()), now);
    };
    wait(delay / 1000);
    return () => clearTimeout(timer);
  },
};

/** Runs a callback at a fixed interval until cancelled. */
export function every(clock: Clock, interval: Micros, run: () => void): Cancel {
  let cancel = clock.after(interval, next);
  function next(): void {
    cancel = clock.after(interval, next);
    run();
  }
  return () => cancel();
}
