import type { Micros } from '../../model/index.js';
import type { RandomStreams } from '../random-streams.js';
import type { Outage, OutageCause } from './outage.js';
import { downtimes, type Renewal } from './renewals.js';
import type { Groups } from './topology.js';

/** Failures of what machines share: each group fails whole, by a stream of its own. */
export function* groupOutages(
  kind: 'off' | 'cut' | 'disk',
  cause: OutageCause,
  groups: Groups,
  renewal: Renewal,
  streams: RandomStreams,
  horizon: Micros,
): Iterable<Outage> {
  for (const [name, machines] of groups) {
    const random = streams.stream(`failures/${cause}/${name}`);
    for (const { start, end } of downtimes(renewal, random, horizon))
      yield { kind, cause, machines, start, end, notice: start };
  }
}
