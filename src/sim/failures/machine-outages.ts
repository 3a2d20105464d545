import { randomGeometric } from 'd3-random';
import type { MachineId, Micros } from '../../model/index.js';
import { EventHeap } from '../event-heap.js';
import type { RandomStream, RandomStreams } from '../random-streams.js';
import { downtimes, drawer, drawRemainder, type Renewal } from './law.js';
import type { Outage, OutageCause } from './outage.js';
import type { Topology } from './topology.js';

/** Single failures of machines, and bursts. */
export interface MachineFailures extends Renewal {
  /** Share of flaky machines, and their failure rate relative to other machines. */
  readonly flakyShare: number;
  readonly flakyFactor: number;
  readonly bursts: Bursts;
  /** Number of repairers; 0 if every repair begins at once. */
  readonly crew: number;
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
  if (failures.crew > 0) {
    yield* outagesWithCrew(failures, topology, streams, horizon);
    return;
  }
  const chance = burstChance(failures.bursts);
  for (let machine = 0; machine < topology.machines.length; machine++) {
    const { random, bursts, slower } = chancesOf(machine, failures, topology, streams);
    for (const { start, end } of downtimes(failures, random, horizon, slower)) {
      const drawsBurst = chance > 0 && bursts() < chance;
      yield off(drawsBurst ? 'burst' : 'machine', machine, start, end);
      if (!drawsBurst) continue;
      for (const { machine: other, at, repair } of burst(machine, start, failures, topology, bursts))
        yield off('burst', other, at, at + repair);
    }
  }
}

/** The random streams of a machine, and the factor on its uptimes. */
function chancesOf(
  machine: MachineId,
  failures: MachineFailures,
  topology: Topology,
  streams: RandomStreams,
) {
  const name = topology.machines[machine];
  const slower = 1 + burstChance(failures.bursts) * (failures.bursts.meanSize - 1);
  const isFlaky = streams.stream(`failures/flaky/${name}`)() < failures.flakyShare;
  return {
    random: streams.stream(`failures/${name}`),
    bursts: streams.stream(`failures/bursts/${name}`),
    slower: isFlaky ? slower / failures.flakyFactor : slower,
  };
}

/** A machine that fails at `at`, and needs a repair of this length. */
interface Failure {
  readonly machine: MachineId;
  readonly at: Micros;
  readonly repair: Micros;
}

/**
 * The same with a limited number of repairers. A machine waits for a free one, in the order of failures (Palm's machine repair
 * model). The lengths of uptimes and repairs are those without the limit.
 */
function* outagesWithCrew(
  failures: MachineFailures,
  topology: Topology,
  streams: RandomStreams,
  horizon: Micros,
): Iterable<Outage> {
  const chance = burstChance(failures.bursts);
  const lives = topology.machines.map((_, machine) => {
    const { random, bursts, slower } = chancesOf(machine, failures, topology, streams);
    const [up, down] = [drawer(failures.uptime, random), drawer(failures.repair, random)];
    const first = Math.round(drawRemainder(failures.uptime, random) * slower);
    return { first, bursts, uptime: () => atLeast1(up() * slower), repair: () => atLeast1(down()) };
  });
  const broken = new EventHeap();
  const all: { readonly failure: Failure; readonly cause: 'machine' | 'burst'; readonly isOwn: boolean }[] =
    [];
  const fails = (failure: Failure, cause: 'machine' | 'burst', isOwn: boolean) => {
    broken.add(failure.at, all.length, all.length);
    all.push({ failure, cause, isOwn });
  };
  const failsNext = (machine: MachineId, at: Micros) => {
    if (at >= horizon) return;
    const { bursts, repair } = lives[machine];
    const drawsBurst = chance > 0 && bursts() < chance;
    fails({ machine, at, repair: repair() }, drawsBurst ? 'burst' : 'machine', true);
    if (!drawsBurst) return;
    for (const other of burst(machine, at, failures, topology, bursts)) fails(other, 'burst', false);
  };
  lives.forEach(({ first }, machine) => {
    failsNext(machine, first);
  });
  const freeAt = new Array<Micros>(failures.crew).fill(0);
  while (broken.size > 0) {
    const { failure, cause, isOwn } = all[broken.subjects[0]];
    broken.drop();
    const { machine, at, repair } = failure;
    const repairer = freeAt.indexOf(Math.min(...freeAt));
    const end = Math.max(at, freeAt[repairer]) + repair;
    freeAt[repairer] = end;
    yield off(cause, machine, at, end);
    // A machine of another machine's burst keeps its own time of failure, as without a crew.
    if (isOwn) failsNext(machine, end + lives[machine].uptime());
  }
}

function atLeast1(length: number): Micros {
  return Math.max(1, Math.round(length));
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
): Iterable<Failure> {
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
    yield { machine, at: time, repair: atLeast1(down()) };
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
