import type { MachineId, Micros, TaskId } from '../contract.js';
import type { Controller, ControlSink, ControlView, RentalOfferId } from '../contract-control.js';

/** Settings of the pool. */
export interface CloudPoolTerms {
  readonly interval: Micros;
  /** How long a task must wait before machines are ordered for it. */
  readonly growAfter: Micros;
  /** How long a rented machine must be idle before it is returned. */
  readonly idleAfter: Micros;
}

/** Idleness of a rented machine. */
interface Idleness {
  /** Identifies the rental: a machine may be rented again. */
  readonly upSince: Micros;
  /** When its last task had left, as far as the checks saw it; NaN while it has tasks. */
  readonly idleSince: Micros;
}

/** A machine, since when it is up, and since when it is idle; null while it has tasks. */
type StoredIdleness = [machine: MachineId, upSince: Micros, idleSince: Micros | null];

/** Key of the remembered idleness. */
const IDLE = 'idle';

/** The offer whose machines count when the demand of waiting tasks is turned into a number of machines. */
const REFERENCE: RentalOfferId = 0;

/**
 * Bursting to a cloud. Machines are ordered for tasks that wait too long and could start on them. Idle machines are returned. The rules for growth
 * and idleness follow the Kubernetes Cluster Autoscaler.
 */
export class CloudPool implements Controller {
  readonly name = 'cloud pool';
  readonly needs = ['rent'] as const;
  private readonly terms: CloudPoolTerms;
  private readonly idleness = new Map<MachineId, Idleness>();

  constructor(terms: CloudPoolTerms) {
    this.terms = terms;
  }

  begin(view: ControlView): Micros {
    this.idleness.clear();
    for (const [machine, upSince, idleSince] of JSON.parse(view.recall(IDLE) ?? '[]') as StoredIdleness[])
      this.idleness.set(machine, { upSince, idleSince: idleSince ?? Number.NaN });
    return view.now + this.terms.interval;
  }

  control(view: ControlView, act: ControlSink): void {
    act.wakeAt(view.now + this.terms.interval);
    for (const machine of view.rentable.rented) this.reviewIdleness(machine, view, act);
    this.remember(view, act);
    this.order(view, act);
  }

  private reviewIdleness(machine: MachineId, view: ControlView, act: ControlSink): void {
    const { now, rentable } = view;
    const upSince = rentable.upSince(machine);
    const known = this.idleness.get(machine);
    const before = known?.upSince === upSince ? known.idleSince : upSince;
    const isIdle = view.machines.taskCount(machine) === 0;
    const idleSince = isIdle ? (Number.isNaN(before) ? now : before) : Number.NaN;
    this.idleness.set(machine, { upSince, idleSince });
    if (now - idleSince >= this.terms.idleAfter) act.giveBack(machine);
  }

  private remember(view: ControlView, act: ControlSink): void {
    const stored = view.rentable.rented.flatMap((machine): StoredIdleness[] => {
      const known = this.idleness.get(machine);
      if (known === undefined) return [];
      return [[machine, known.upSince, Number.isNaN(known.idleSince) ? null : known.idleSince]];
    });
    const text = stored.length === 0 ? undefined : JSON.stringify(stored);
    if (text !== view.recall(IDLE)) act.remember(IDLE, text);
  }

  private order(view: ControlView, act: ControlSink): void {
    const { rentable } = view;
    let missing = this.machinesWanted(view);
    for (let offer = 0; offer < rentable.offers; offer++) missing -= rentable.starting(offer);
    for (let offer = 0; offer < rentable.offers && missing > 0; offer++) {
      const ordered = Math.min(missing, rentable.available(offer));
      if (ordered > 0) act.rent(offer, ordered);
      missing -= ordered;
    }
  }

  /** Number of machines for the tasks that have waited long enough and could start on such machines. */
  private machinesWanted({ now, space, machines, rentable, tasks }: ControlView): number {
    const { dimensions } = space;
    const waiting = new Float64Array(dimensions.length);
    const waited: TaskId[] = [];
    for (let task = 0; task < tasks.bound; task++)
      if (tasks.state(task) === 'pending' && now - tasks.submitted(task) >= this.terms.growAfter)
        waited.push(task);
    for (const task of rentable.startable(REFERENCE, waited))
      for (const d of dimensions) waiting[d] += machines.demand(tasks.taskClass(task), d);
    return machinesFor(
      waiting,
      dimensions.map((d) => rentable.capacity(REFERENCE, d)),
    );
  }
}

/**
 * Number of machines that would hold the waiting demand if it were divisible: the maximum over all resources, rounded
 * up. `waiting` and `capacity` are in quanta per dimension. Resources that the machines lack are skipped, because such
 * tasks cannot run on them.
 */
export function machinesFor(waiting: ArrayLike<number>, capacity: ArrayLike<number>): number {
  let machines = 0;
  for (let d = 0; d < capacity.length; d++)
    if (capacity[d] > 0) machines = Math.max(machines, Math.ceil(waiting[d] / capacity[d]));
  return machines;
}
