import { fromSeconds, type Micros } from '../../model/index.js';
import type { Cancel, Clock } from '../clock.js';
import { type TaskInfo, USUAL_KILL_GRACE } from '../wire/messages.js';

const NANOSECONDS_PER_SECOND = 1e9;

/** Grace period of a kill: from the call, or else from the kill policy of the task. */
export function killGrace({ kill_policy }: TaskInfo, graceSeconds: number | undefined): Micros {
  const named = kill_policy?.grace_period?.nanoseconds;
  if (graceSeconds !== undefined) return fromSeconds(graceSeconds);
  return named === undefined ? USUAL_KILL_GRACE : fromSeconds(named / NANOSECONDS_PER_SECOND);
}

/** Sends SIGTERM and, after the grace period, SIGKILL. */
export class KillTimer {
  private readonly clock: Clock;
  private readonly signal: (name: 'SIGTERM' | 'SIGKILL') => void;
  private began: Micros | undefined;
  private forcedAt: Micros = Number.POSITIVE_INFINITY;
  private cancelForce: Cancel = () => undefined;

  constructor(clock: Clock, signal: (name: 'SIGTERM' | 'SIGKILL') => void) {
    this.clock = clock;
    this.signal = signal;
  }

  /** A later kill may shorten the grace period, counted from the first kill, but not extend it (Mesos, executor.cpp, kill). */
  kill(grace: Micros): void {
    const now = this.clock.now();
    if (this.began === undefined) this.signal('SIGTERM');
    this.began ??= now;
    const forcedAt = this.began + grace;
    if (forcedAt >= this.forcedAt) return;
    this.forcedAt = forcedAt;
    this.cancelForce();
    this.cancelForce = this.clock.after(Math.max(0, forcedAt - now), () => this.signal('SIGKILL'));
  }

  cancel(): void {
    this.cancelForce();
  }
}
