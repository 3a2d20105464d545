import type { Micros } from '../../model/index.js';
import type { RandomStreams } from '../random-streams.js';
import type { Outage } from './outage.js';
import type { Topology } from './topology.js';

/** Periodic planned reboots of each machine. */
export interface Reboots {
  readonly every: Micros;
  readonly length: Micros;
  /** Time before a reboot in which the machine takes no new tasks. */
  readonly notice: Micros;
}

/** Planned reboots. Each machine has its own random phase in the period. */
export function* rebootOutages(
  { every, length, notice }: Reboots,
  topology: Topology,
  streams: RandomStreams,
  horizon: Micros,
): Iterable<Outage> {
  for (let machine = 0; machine < topology.machines.length; machine++) {
    const phase = Math.round(streams.stream(`failures/reboots/${topology.machines[machine]}`)() * every);
    for (let start = phase; start < horizon; start += every)
      yield {
        kind: 'planned',
        cause: 'reboot',
        machines: [machine],
        start,
        end: start + length,
        notice: Math.max(0, start - notice),
      };
  }
}

/** Rolling maintenance of the cluster, in batches. */
export interface RollingMaintenance {
  readonly start: Micros;
  /** Time from the first machine down to the last one back. */
  readonly length: Micros;
  /** Machines at a time. */
  readonly atOnce: number;
  readonly notice: Micros;
}

/** Every machine is down once. Batches of `atOnce` machines follow each other in rank order. */
export function* rollingOutages(
  { start, length, atOnce, notice }: RollingMaintenance,
  machines: readonly number[],
): Iterable<Outage> {
  const batches = Math.ceil(machines.length / atOnce);
  for (let batch = 0; batch < batches; batch++) {
    const from = start + Math.round((length * batch) / batches);
    yield {
      kind: 'planned',
      cause: 'maintenance',
      machines: machines.slice(batch * atOnce, (batch + 1) * atOnce),
      start: from,
      end: start + Math.round((length * (batch + 1)) / batches),
      notice: Math.max(0, from - notice),
    };
  }
}
