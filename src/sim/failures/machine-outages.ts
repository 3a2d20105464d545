import { randomGeometric } from 'd3-random';
import type { MachineId, Micros } from '../../model/index.js';
import type { RandomStream, RandomStreams } from '../random-streams.js';
import { downtimes, drawer, type Renewal } from './law.js';
import type { Outage, OutageCause } from './outage.js';
import type { Topology } from './topology.js';

/** Single failures of machines, and bursts. */
export interface MachineFailures extends Renewal {
  /** Share of flaky machines, and their failure rate relative to other machines. */
  readonly flakyShare: number;
  readonly flakyFactor: number;
  readonly bursts: Bursts;
}

/** Failures close in time. Ford et al. (OSDI 2010) count failures within two minutes of each other as one burst. */
export interface Bursts {
  /** Share of all failures that are in a burst of two or more; 0 for none. */
  readonly share: number;
  /** Machines in a burst, on average; at least 2. */
  readonly meanSize: number;
  /** Maximum time between two failures of a burst. */
  readonly gap: Micros;
  /** Share of the other machines of a burst that are in the rack of the first. */
  readonly rackShare: number;
}

/**
 * Failures of single machines and bursts. Every machine has its own random streams, so its draws do not affect other
 * machines. Failures that start a burst become rarer in proportion. So the failure rate of a machine follows its
 * distribution, with or without bursts.
 */
export function* machineOutages(
  failures: MachineFailures,
  topology: Topology,
  streams: RandomStreams,
  horizon: Micros,
): Iterable<Outage> {
  const chance = burstChance(failures.bursts);
  const slower = 1 + chance * (failures.bursts.meanSize - 1);
  for (let machine = 0; machine < topology.machines.length; machine++) {
    const name = topology.machines[machine];
    const isFlaky = streams.stream(`failures/flaky/${name}`)() < failures.flakyShare;
    const random = streams.stream(`failures/${name}`);
    const bursts = streams.stream(`failures/bursts/${name}`);
    for (const { start, end } of downtimes(
      failures,
      random,
      horizon,
      isFlaky ? slower / failures.flakyFactor : slower,
    )) {
      const drawsBurst = chance > 0 && bursts() < chance;
      yield off(drawsBurst ? 'burst' : 'machine', machine, start, end);
      if (drawsBurst) yield* burst(machine, start, failures, topology, bursts);
    }
  }
}

/**
 * A failure starts a burst with probability q; a burst has m machines on average. The share of failures in bursts is qm
 * / (1 - q + qm), solved here for q.
 */
export function burstChance({ share, meanSize }: Bursts): number {
  return share / (meanSize - share * (meanSize - 1));
}

/** Failures of the other machines of a burst. */
function* burst(
  first: MachineId,
  start: Micros,
  { repair, bursts }: MachineFailures,
  topology: Topology,
  random: RandomStream,
): Iterable<Outage> {
  const others = bursts.meanSize === 2 ? 1 : randomGeometric.source(random)(1 / (bursts.meanSize - 1))();
  const rack = [...topology.racks.values()].find((members) => members.includes(first)) ?? [];
  const taken = new Set([first]);
  const down = drawer(repair, random);
  let time = start;
  for (let i = 0; i < others; i++) {
    const inRack = random() < bursts.rackShare && rack.some((machine) => !taken.has(machine));
    const machine = another(inRack ? rack : undefined, topology.machines.length, taken, random);
    if (machine === undefined) return;
    taken.add(machine);
    time += Math.round(random() * bursts.gap);
    yield off('burst', machine, time, time + Math.max(1, Math.round(down())));
  }
}

/** A random machine of `members`, or of all machines if undefined, that is not taken yet. */
function another(
  members: readonly MachineId[] | undefined,
  count: number,
  taken: ReadonlySet<MachineId>,
  random: RandomStream,
): MachineId | undefined {
  const size = members?.length ?? count;
  const first = Math.floor(random() * size);
  for (let i = 0; i < size; i++) {
    const at = (first + i) % size;
    const machine = members?.[at] ?? at;
    if (!taken.has(machine)) return machine;
  }
  return undefined;
}

function off(cause: OutageCause, machine: MachineId, start: Micros, end: Micros): Outage {
  return { kind: 'off', cause, machines: [machine], start, end, notice: start };
}
