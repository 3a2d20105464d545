import type { Micros } from '../../model/index.js';

/** Size of the shared buffer: a count of entries and exits, and the simulated time of the last entry. */
const BYTES = 16;

/**
 * Shows another thread whether a call of a policy is in progress. The thread of the run calls `enter` and `leave`. The waiting
 * thread polls, and so can distinguish a policy that never returns from a long run.
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

  /** A call of the policy begins at this simulated time; NaN during its setup. */
  enter(now: Micros): void {
    this.time[0] = now;
    Atomics.add(this.steps, 0, 1);
  }

  leave(): void {
    Atomics.add(this.steps, 0, 1);
  }

  /** A number that changes with every entry and exit; odd during a call. */
  get step(): number {
    return Atomics.load(this.steps, 0);
  }

  /** Simulated time of the current call. */
  get now(): Micros {
    return this.time[0];
  }
}

/** Calls `expired` when a call of the policy takes longer than `limit` milliseconds. Returns a function that stops the watch. */
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
