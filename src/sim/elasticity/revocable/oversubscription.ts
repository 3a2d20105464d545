import {
  fromSeconds,
  type MachineId,
  type Micros,
  NONE,
  type Parameter,
  type TaskId,
} from '../../../model/index.js';
import type { ControlHost, Controller } from '../controller.js';

/** Oversubscription: room that tasks were given and do not use goes to tasks that may be stopped at any time. */
export const OVERSUBSCRIPTION_PARAMETERS: readonly Parameter[] = [
  {
    kind: 'text',
    name: 'revocable',
    default: 'none',
    form: 'none, or services joined by commas',
    pattern: /^[^,]+(,[^,]+)*$/,
    about: 'Services whose tasks may run on resources that are allocated to others but unused.',
  },
  // Proposal: Borg keeps a margin above usage, too, and does not say how much.
  {
    kind: 'number',
    name: 'margin',
    default: 0.1,
    min: 0,
    max: 1,
    about: 'Share of the allocated amount that is never oversubscribed.',
  },
  // Mesos: oversubscribed_resources_interval of the agent.
  {
    kind: 'duration',
    name: 'interval',
    default: fromSeconds(15),
    about: 'Time between two checks of the usage.',
  },
  // Proposal.
  {
    kind: 'number',
    name: 'least',
    default: 0.05,
    min: 0,
    max: 1,
    about:
      'Minimum increase of revocable resources, as a share of the machine; decreases always take effect.',
  },
];

/** What oversubscription goes by. */
export interface OversubscriptionTerms {
  readonly interval: Micros;
  /** Share of the allocated amount that is never oversubscribed. */
  readonly margin: number;
  /** More room is given only from this share of the machine's capacity on. */
  readonly least: number;
  /** Dimensions that can be given twice: cpus and memory. */
  readonly dimensions: readonly number[];
}

const LOOK = 0;

/**
 * Revocable room, as agents of Mesos estimate it and their QoS controller takes it back: each interval the revocable row of every machine gets as its
 * capacity what the machine's own tasks were given and do not use. Where that has become less than what runs there, the latest tasks are stopped.
 */
export class Oversubscription implements Controller {
  private readonly terms: OversubscriptionTerms;
  private host!: ControlHost;

  constructor(terms: OversubscriptionTerms) {
    this.terms = terms;
  }

  begin(host: ControlHost, now: Micros): void {
    this.host = host;
    host.wake(now + this.terms.interval, LOOK);
  }

  due(_subject: number, now: Micros): void {
    const { machines } = this.host.cluster;
    for (let machine = 0; machine < machines.count; machine++) {
      const { supply, host } = machines.specs[machine];
      if (supply === 'revocable' && host !== undefined) this.review(machine, host, now);
    }
    this.host.wake(now + this.terms.interval, LOOK);
  }

  private review(machine: MachineId, host: MachineId, now: Micros): void {
    const { machines, space } = this.host.cluster;
    const capacity = this.slackOf(host, now);
    const before = machines.capacity.subarray(machine * space.size, (machine + 1) * space.size);
    const isLess = capacity.some((amount, d) => amount < before[d]);
    const isMore = capacity.some(
      (amount, d) =>
        amount - before[d] >= this.terms.least * machines.capacity[host * space.size + d] &&
        amount > before[d],
    );
    if (!isLess && !isMore) return;
    this.evictBeyond(machine, capacity);
    this.host.setCapacity(machine, capacity);
  }

  /** By dimension, in quanta. */
  private slackOf(host: MachineId, now: Micros): Float64Array {
    const { machines, tasks, classes, space } = this.host.cluster;
    const given = new Float64Array(space.size);
    const used = new Float64Array(space.size);
    for (let task = machines.firstTask[host]; task !== NONE; task = tasks.nextOnMachine[task]) {
      const uses = this.host.usageOf(task, now);
      for (const d of this.terms.dimensions) {
        given[d] += classes.demand[tasks.taskClass[task] * space.size + d];
        used[d] += uses[d];
      }
    }
    const slack = new Float64Array(space.size);
    for (const d of this.terms.dimensions) slack[d] = revocableSlack(given[d], used[d], this.terms.margin);
    return slack;
  }

  /** Stops tasks, the latest first, until the rest has room in this capacity. */
  private evictBeyond(machine: MachineId, capacity: Float64Array): void {
    const { machines } = this.host.cluster;
    while (machines.lastTask[machine] !== NONE && !this.fits(machine, capacity))
      this.host.evict(machines.lastTask[machine], 'revoked');
  }

  private fits(machine: MachineId, capacity: Float64Array): boolean {
    const { machines, tasks, classes, space } = this.host.cluster;
    const taken = new Float64Array(space.size);
    for (let task: TaskId = machines.firstTask[machine]; task !== NONE; task = tasks.nextOnMachine[task])
      for (let d = 0; d < space.size; d++) taken[d] += classes.demand[tasks.taskClass[task] * space.size + d];
    return taken.every((amount, d) => amount <= capacity[d]);
  }
}

/**
 * What may be given away for a time of one resource of a machine: what its tasks were given and do not use, less a margin of what they were given, in
 * whole quanta. Nothing where it is not known what they use (NaN).
 */
export function revocableSlack(given: number, used: number, margin: number): number {
  return Number.isNaN(used) ? 0 : Math.max(0, Math.floor(given - used - margin * given));
}
