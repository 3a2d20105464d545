import type { Micros } from '../../model/index.js';

/** How a master learns that a machine is gone, after the flags of the Mesos master (docs/failures.md). */
export interface Detection {
  /** Between two pings (agent_ping_timeout). */
  readonly pingInterval: Micros;
  /** So many pings in a row without an answer make a machine unreachable (max_agent_ping_timeouts). */
  readonly pingTimeouts: number;
  /** At least so long between two removals (agent_removal_rate_limit); 0 for no limit. */
  readonly removalGap: Micros;
  /** Machines that have not registered with a new master by then are removed (agent_reregister_timeout). */
  readonly reregisterTimeout: Micros;
}

/**
 * When a machine that falls silent now is found to be so. Pings go out at `phase` and every interval after it; the first one from
 * now on stays unanswered, and each is given one interval to be answered.
 */
export function noticedAt(silent: Micros, phase: Micros, { pingInterval, pingTimeouts }: Detection): Micros {
  const firstUnanswered = phase + Math.ceil((silent - phase) / pingInterval) * pingInterval;
  return firstUnanswered + pingTimeouts * pingInterval;
}
