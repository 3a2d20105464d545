import type { Micros } from '../../model/index.js';

/** How a master detects that a machine is gone. The fields follow the flags of the Mesos master (docs/failures.md). */
export interface Detection {
  /** Time between two pings (agent_ping_timeout). */
  readonly pingInterval: Micros;
  /** A machine becomes unreachable after this many pings in a row without an answer (max_agent_ping_timeouts). */
  readonly pingTimeouts: number;
  /** Minimum time between two removals (agent_removal_rate_limit); 0 for no limit. */
  readonly removalGap: Micros;
  /** A new master removes machines that do not register within this time (agent_reregister_timeout). */
  readonly reregisterTimeout: Micros;
}

/**
 * When the master detects a machine that stops answering at `silent`. Pings go out at `phase` and after every interval.
 * The first ping at or after `silent` gets no answer. Each ping has one interval to be answered.
 */
export function noticedAt(silent: Micros, phase: Micros, { pingInterval, pingTimeouts }: Detection): Micros {
  const firstUnanswered = phase + Math.ceil((silent - phase) / pingInterval) * pingInterval;
  return firstUnanswered + pingTimeouts * pingInterval;
}
