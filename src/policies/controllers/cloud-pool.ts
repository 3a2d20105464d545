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

/** Tasks that machines of the cloud did not help, and what ran when this was seen. */
interface Vain {
  /** Sequence numbers of their entry into the queue. */
  readonly queued: readonly number[];
  readonly running: Running;
}

/** Equal as long as no task starts or ends. */
interface Running {
  readonly tasks: number;
  readonly lastStart: Micros;
}

/** Keys of what is remembered. */
const [IDLE, VAIN] = ['idle', 'vain'];

/** The offer whose machines count when the demand of waiting tasks is turned into a number of machines. */
const REFERENCE: RentalOfferId = 0;

/**
 * Bursting to a cloud. Machines are ordered for tasks that wait too long and could start on them. Idle machines are returned. The rules for growth
 * and idleness follow the Kubernetes Cluster Autoscaler. Tasks that waited beside an idle machine until it was returned get no
 * other one before any task has started or ended: their scheduler keeps them waiting.
 */
export class CloudPool implements Controller {
  readonly name = 'cloud pool';
  readonly needs = ['rent'] as const;
  private readonly terms: CloudPoolTerms;
  private readonly idleness = new Map<MachineId, Idleness>();
  private vain: Vain | undefined;

  constructor(terms: CloudPoolTerms) {
    this.terms = terms;
  }

  begin(view: ControlView): Micros {
    this.idleness.clear();
    for (const [machine, upSince, idleSince] of JSON.parse(view.recall(IDLE) ?? '[]') as StoredIdleness[])
      this.idleness.set(machine, { upSince, idleSince: idleSince ?? Number.NaN });
    const vain = view.recall(VAIN);
    this.vain = vain === undefined ? undefined : (JSON.parse(vain) as Vain);
    return view.now + this.terms.interval;
  }

  control(view: ControlView, act: ControlSink): void {
    act.wakeAt(view.now + this.terms.interval);
    const running = runningTasks(view);
    if (this.vain !== undefined && !areEqual(this.vain.running, running)) this.vain = undefined;
    const waited = this.waited(view);
    for (const machine of view.rentable.rented)
      if (this.reviewIdleness(machine, view, act) === 'returned')
        this.vain = { queued: waited.map((task) => view.tasks.queuedAs(task)), running };
    this.remember(view, act);
    this.order(view, act, waited);
  }

  private reviewIdleness(machine: MachineId, view: ControlView, act: ControlSink): 'kept' | 'returned' {
    const { now, rentable } = view;
    const upSince = rentable.upSince(machine);
    const known = this.idleness.get(machine);
    const before = known?.upSince === upSince ? known.idleSince : upSince;
    const isIdle = view.machines.taskCount(machine) === 0;
    const idleSince = isIdle ? (Number.isNaN(before) ? now : before) : Number.NaN;
    this.idleness.set(machine, { upSince, idleSince });
    const isDue = now - idleSince >= this.terms.idleAfter;
    return isDue && act.giveBack(machine) === 'done' ? 'returned' : 'kept';
  }

  private remember(view: ControlView, act: ControlSink): void {
    const stored = view.rentable.rented.flatMap((machine): StoredIdleness[] => {
      const known = this.idleness.get(machine);
      if (known === undefined) return [];
      return [[machine, known.upSince, Number.isNaN(known.idleSince) ? null : known.idleSince]];
    });
    const text = stored.length === 0 ? undefined : JSON.stringify(stored);
    if (text !== view.recall(IDLE)) act.remember(IDLE, text);
    const vain = this.vain === undefined ? undefined : JSON.stringify(this.vain);
    if (vain !== view.recall(VAIN)) act.remember(VAIN, vain);
  }

  private order(view: ControlView, act: ControlSink, waited: readonly TaskId[]): void {
    const { rentable } = view;
    let missing = this.machinesWanted(view, waited);
    for (let offer = 0; offer < rentable.offers; offer++) missing -= rentable.starting(offer);
    for (let offer = 0; offer < rentable.offers && missing > 0; offer++) {
      const ordered = Math.min(missing, rentable.available(offer));
      if (ordered > 0) act.rent(offer, ordered);
      missing -= ordered;
    }
  }

  /** The tasks that have waited long enough. */
  private waited({ now, tasks }: ControlView): readonly TaskId[] {
    const waited: TaskId[] = [];
    for (let task = 0; task < tasks.bound; task++)
      if (tasks.state(task) === 'pending' && now - tasks.submitted(task) >= this.terms.growAfter)
        waited.push(task);
    return waited;
  }

  /** Number of machines for those of the tasks that could start on such machines, and did not wait beside idle ones. */
  private machinesWanted(
    { space, machines, rentable, tasks }: ControlView,
    waited: readonly TaskId[],
  ): number {
    const { dimensions } = space;
    const waiting = new Float64Array(dimensions.length);
    const vain = new Set(this.vain?.queued);
    const helped = waited.filter((task) => !vain.has(tasks.queuedAs(task)));
    for (const task of rentable.startable(REFERENCE, helped))
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

function runningTasks({ tasks }: ControlView): Running {
  let [count, lastStart] = [0, -1];
  for (let task = 0; task < tasks.bound; task++) {
    const state = tasks.state(task);
    if (state !== 'running' && state !== 'stopping') continue;
    count++;
    lastStart = Math.max(lastStart, tasks.started(task));
  }
  return { tasks: count, lastStart };
}

function areEqual(a: Running, b: Running): boolean {
  return a.tasks === b.tasks && a.lastStart === b.lastStart;
}
