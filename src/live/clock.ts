import type { Micros } from '../model/index.js';

/** Takes a timer back; without effect once it has run. */
export type Cancel = () => void;

/** The time and the timers of a live part. Tests hand in their own. */
export interface Clock {
  /** Since the Unix epoch, but never backwards: a change of the machine's clock is not seen. */
  now(): Micros;
  /** Runs once, so much later. */
  after(delay: Micros, run: () => void): Cancel;
}

/** The longest delay that Node's timers keep; longer ones would run at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The machine's clock as it was when the process began, and monotonic from there. */
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

/** Runs again and again, so much apart, until it is cancelled. */
export function every(clock: Clock, interval: Micros, run: () => void): Cancel {
  let cancel = clock.after(interval, next);
  function next(): void {
    cancel = clock.after(interval, next);
    run();
  }
  return () => cancel();
}
