import {
  fromSeconds,
  type MachineId,
  type Micros,
  NONE,
  type Parameter,
  type TaskId,
} from '../../../model/index.js';
import type { ControlHost, Controller } from '../controller.js';

/** Oversubscription: allocated but unused resources go to tasks that may be stopped at any time. */
export const OVERSUBSCRIPTION_PARAMETERS: readonly Parameter[] = [
  {
    kind: 'text',
    name: 'revocable',
    default: 'none',
    form: 'none, or services joined by commas',
    pattern: /^[^,]+(,[^,]+)*$/,
    about: 'Services whose tasks may run on resources that are allocated to others but unused.',
  },
  // Proposal: Borg also keeps a margin above usage, but its size is not published.
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

/** Settings of oversubscription. */
export interface OversubscriptionTerms {
  readonly interval: Micros;
  /** Share of the allocated amount that is never oversubscribed. */
  readonly margin: number;
  /** Minimum increase of revocable resources, as a share of the machine's capacity. */
  readonly least: number;
  /** Dimensions that can be oversubscribed: cpus and memory. */
  readonly dimensions: readonly number[];
}

const LOOK = 0;

/**
 * Revocable resources, modelled on the resource estimator and the QoS controller of the Mesos agent. At each interval,
 * the revocable row of a machine gets the allocated but unused amount of the machine's own tasks as its capacity. If
 * that is less than the running revocable tasks need, the newest ones are stopped.
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

  /** Allocated but unused amounts by dimension, in quanta. */
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

  /** Stops tasks, newest first, until the rest fits this capacity. */
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
 * Revocable amount of one resource of a machine, in whole quanta: the allocated but unused amount, minus a margin of
 * the allocated amount. 0 when the usage is unknown (NaN).
 */
export function revocableSlack(given: number, used: number, margin: number): number {
  return Number.isNaN(used) ? 0 : Math.max(0, Math.floor(given - used - margin * given));
}
