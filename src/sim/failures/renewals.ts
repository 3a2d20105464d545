import type { Micros } from '../../model/index.js';
import type { RandomStream } from '../random-streams.js';
import { drawer, drawRemainder, type Law } from './law.js';

/** A time in which something is not up. */
export interface Interval {
  readonly start: Micros;
  readonly end: Micros;
}

/** Times between failures, and times to repair. */
export interface Renewal {
  readonly uptime: Law;
  readonly repair: Law;
}

/**
 * An alternating renewal process from 0 to the horizon, up at first: the times in which it is down. Its first uptime is what is
 * left of one that began before the run. `slower` stretches all uptimes.
 */
export function* downtimes(
  { uptime, repair }: Renewal,
  random: RandomStream,
  horizon: Micros,
  slower = 1,
): Iterable<Interval> {
  const up = drawer(uptime, random);
  const down = drawer(repair, random);
  let start = Math.round(drawRemainder(uptime, random) * slower);
  while (start < horizon) {
    const end = start + Math.max(1, Math.round(down()));
    yield { start, end };
    start = end + Math.max(1, Math.round(up() * slower));
  }
}
