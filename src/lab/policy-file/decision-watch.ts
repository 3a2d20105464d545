import type { Micros } from '../../model/index.js';

/** Bytes that both sides share: a count of entries and exits, and the simulated time of the last entry. */
const BYTES = 16;

/**
 * Says to another thread whether a policy is at work. The thread of the run enters and leaves; the one that waits for it
 * looks now and then, and can tell a policy that never returns from a long run.
 */
export class DecisionWatch {
  readonly shared: SharedArrayBuffer;
  private readonly steps: Int32Array;
  private readonly time: Float64Array;

  constructor(shared = new SharedArrayBuffer(BYTES)) {
    this.shared = shared;
    this.steps = new Int32Array(shared, 0, 1);
    this.time = new Float64Array(shared, 8, 1);
  }

  /** The policy is called at this simulated time; NaN when it is set up. */
  enter(now: Micros): void {
    this.time[0] = now;
    Atomics.add(this.steps, 0, 1);
  }

  leave(): void {
    Atomics.add(this.steps, 0, 1);
  }

  /** A number that changes with every entry and exit; odd while the policy is at work. */
  get step(): number {
    return Atomics.load(this.steps, 0);
  }

  /** Simulated time of the call at hand. */
  get now(): Micros {
    return this.time[0];
  }
}

/** Calls `expired` when the policy has been at work on one call for longer than `limit` milliseconds. Returns how to stop looking. */
export function watchDecisions(
  watch: DecisionWatch,
  limit: number,
  expired: (now: Micros) => void,
): () => void {
  let seen = watch.step;
  let since = Date.now();
  const timer = setInterval(
    () => {
      const step = watch.step;
      if (step !== seen || step % 2 === 0) {
        seen = step;
        since = Date.now();
      } else if (Date.now() - since > limit) {
        clearInterval(timer);
        expired(watch.now);
      }
    },
    Math.min(200, limit),
  );
  return () => clearInterval(timer);
}
