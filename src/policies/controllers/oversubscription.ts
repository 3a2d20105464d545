import { fromSeconds, NONE, type Parameter } from '../../model/index.js';
import type { Dimension, MachineId, Micros, TaskId } from '../contract.js';
import type { Controller, ControlSink, ControlView } from '../contract-control.js';

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
}

/** Resources that can be oversubscribed. Space on a disk, and devices, cannot be taken back. */
const OVERSUBSCRIBED: readonly string[] = ['cpus', 'mem'];

/**
 * Revocable resources, modelled on the resource estimator and the QoS controller of the Mesos agent. At each interval,
 * the revocable row of a machine gets the allocated but unused amount of the machine's own tasks as its capacity. If
 * that is less than the running revocable tasks need, the newest ones are stopped.
 */
export class Oversubscription implements Controller {
  readonly name = 'oversubscription';
  readonly needs = ['usage', 'evict', 'revocable'] as const;
  private readonly terms: OversubscriptionTerms;

  constructor(terms: OversubscriptionTerms) {
    this.terms = terms;
  }

  begin(view: ControlView): Micros {
    return view.now + this.terms.interval;
  }

  control(view: ControlView, act: ControlSink): void {
    for (let row = 0; row < view.machines.count; row++) {
      const host = view.revocable.hostOf(row);
      if (host !== NONE) this.review(row, host, view, act);
    }
    act.wakeAt(view.now + this.terms.interval);
  }

  private review(row: MachineId, host: MachineId, view: ControlView, act: ControlSink): void {
    const { machines, space } = view;
    const { least, margin } = this.terms;
    const capacity = space.dimensions.map((d) => slackOf(host, d, margin, view));
    const growth = space.dimensions.map((d) => capacity[d] - machines.capacity(row, d));
    const isLess = growth.some((amount) => amount < 0);
    const isMore = space.dimensions.some(
      (d) => growth[d] > 0 && growth[d] >= least * machines.capacity(host, d),
    );
    if (!isLess && !isMore) return;
    for (const task of tasksBeyond(row, capacity, view)) act.evict(task);
    act.setRevocable(row, capacity);
  }
}

/** Allocated but unused amount of one resource of a machine, in quanta. */
function slackOf(host: MachineId, dimension: Dimension, margin: number, view: ControlView): number {
  const { machines, tasks, usage, space } = view;
  if (!OVERSUBSCRIBED.includes(space.name(dimension))) return 0;
  let given = 0;
  let used = 0;
  for (let task = machines.first(host); task !== NONE; task = machines.next(task)) {
    given += machines.demand(tasks.taskClass(task), dimension);
    used += usage.last(task, dimension);
  }
  return revocableSlack(given, used, margin);
}

/** Running tasks to stop, newest first, so that the rest fits this capacity. */
function tasksBeyond(row: MachineId, capacity: readonly number[], view: ControlView): readonly TaskId[] {
  const { machines, tasks, space } = view;
  const remaining: TaskId[] = [];
  for (let task = machines.first(row); task !== NONE; task = machines.next(task))
    if (tasks.state(task) === 'running') remaining.push(task);
  const demand = (task: TaskId, d: Dimension) => machines.demand(tasks.taskClass(task), d);
  const taken = space.dimensions.map((d) => remaining.reduce((sum, task) => sum + demand(task, d), 0));
  const beyond: TaskId[] = [];
  while (remaining.length > 0 && taken.some((amount, d) => amount > capacity[d])) {
    const task = remaining.pop() as TaskId;
    for (const d of space.dimensions) taken[d] -= demand(task, d);
    beyond.push(task);
  }
  return beyond;
}

/**
 * Revocable amount of one resource of a machine, in whole quanta: the allocated but unused amount, minus a margin of
 * the allocated amount. 0 when the usage is unknown (NaN).
 */
export function revocableSlack(given: number, used: number, margin: number): number {
  return Number.isNaN(used) ? 0 : Math.max(0, Math.floor(given - used - margin * given));
}
