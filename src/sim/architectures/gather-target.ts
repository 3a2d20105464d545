import {
  type Cluster,
  FOREVER,
  type JobId,
  type MachineId,
  type Micros,
  NONE,
  type TaskId,
} from '../../model/index.js';
import type { SchedulingView } from '../../policies/contract.js';
import type { Target } from '../../policies/hosting/gathering.js';
import { planningView } from '../../policies/hosting/scheduling-view.js';
import { GangSearch } from '../../policies/planner/search.js';

/** Leaves out machines. */
export type MachineFilter = (machine: MachineId) => boolean;

/** A task in its room, and its expected end: not before now; FOREVER if its run time is not known. */
interface Occupant {
  readonly task: TaskId;
  readonly machine: MachineId;
  readonly end: Micros;
}

/** Finds machines that could hold a whole job, with the planner: under all its rules, and with its devices. */
export class GatherTarget {
  private readonly cluster: Cluster;
  private readonly view: SchedulingView;
  private readonly search: GangSearch;

  constructor(cluster: Cluster) {
    this.cluster = cluster;
    this.view = planningView(cluster);
    this.search = new GangSearch(this.view);
  }

  /**
   * The machines on which the pending tasks of the job can stand soonest, if nothing else starts there. Ends of tasks are
   * expected by their estimates. If the job cannot stand beside the tasks without estimates, the target has as few machines with
   * such tasks as bisection finds, and its time is FOREVER. Undefined if the job does not stand on the empty machines either, or
   * if the planner reaches its bound. Open offers count as free.
   *
   * Complexity: a search and a copy of the room per bisection step over the ends of running tasks.
   */
  find(job: JobId, now: Micros, mayUse?: MachineFilter): Target | undefined {
    const occupants = this.occupants(now);
    const ends = [...new Set([now, ...occupants.map(({ end }) => end)])].filter(Number.isFinite);
    ends.sort((a, b) => a - b);
    const bounded = leastThat(ends.length, (i) =>
      this.standsBeside(
        occupants.filter(({ end }) => end > ends[i]),
        job,
        mayUse,
      ),
    );
    if (bounded !== undefined) return { machines: bounded.found, standsAt: ends[bounded.index] };
    const unbounded = occupants.filter(({ end }) => end === FOREVER);
    const order = fewestFirst(unbounded);
    const emptied = leastThat(order.length, (i) => {
      const cleared = new Set(order.slice(0, i + 1));
      return this.standsBeside(
        unbounded.filter(({ machine }) => !cleared.has(machine)),
        job,
        mayUse,
      );
    });
    return emptied && { machines: emptied.found, standsAt: FOREVER };
  }

  /** The same, if the job stands now beside all tasks that are there. */
  findNow(job: JobId, now: Micros, mayUse?: MachineFilter): Target | undefined {
    const machines = this.standsBeside(this.occupants(now), job, mayUse);
    return machines && { machines, standsAt: now };
  }

  /** Could all pending tasks of the job start on what is free or offered on these machines now? */
  stands(job: JobId, machines: ReadonlySet<MachineId>): boolean {
    const { cluster } = this;
    const where = (machine: MachineId) => machines.has(machine);
    if (cluster.claims.size > 0) {
      // What is claimed is not free, and what is offered comes back later.
      this.view.whatIf.reset('now');
      return this.search.place(job, this.members(job), where).answer === 'yes';
    }
    const occupants = this.occupants(0, machines);
    return (
      this.haveVolume(job, machines, occupants) && this.standsBeside(occupants, job, where) !== undefined
    );
  }

  /** The machines of the job if no other tasks are there than these; undefined if it does not stand. */
  private standsBeside(
    others: readonly Occupant[],
    job: JobId,
    mayUse: MachineFilter | undefined,
  ): readonly MachineId[] | undefined {
    this.view.whatIf.reset('empty');
    for (const one of others) this.keep(one);
    const answer = this.search.place(job, this.members(job), mayUse);
    if (answer.answer !== 'yes') return undefined;
    return [...new Set(answer.placing.machines)].sort((a, b) => a - b);
  }

  /** Running and stopping tasks on these machines, or on all. */
  private occupants(
    now: Micros,
    on: Iterable<MachineId> = this.cluster.machines.specs.keys(),
  ): readonly Occupant[] {
    const { machines, tasks } = this.cluster;
    const found: Occupant[] = [];
    for (const machine of on)
      for (let task = machines.firstTask[machine]; task !== NONE; task = tasks.nextOnMachine[task])
        found.push({ task, machine, end: Math.max(now, tasks.started[task] + tasks.estimate[task]) });
    return found;
  }

  /** Takes the room of the task, and lets placement rules see it. */
  private keep({ task, machine }: Occupant): void {
    const { cluster, view } = this;
    const { machines, whatIf, space } = view;
    const taskClass = cluster.tasks.taskClass[task];
    for (const d of space.dimensions) whatIf.block(machine, d, machines.demand(taskClass, d));
    const share = machines.deviceShare(taskClass);
    for (let rest = cluster.tasks.devices[task], device = 0; rest !== 0; rest >>>= 1, device++)
      if ((rest & 1) !== 0) whatIf.blockDevice(machine, device, share);
    if (cluster.rules.areInUse) whatIf.neighbour(task, machine);
  }

  private members(job: JobId): readonly TaskId[] {
    const { jobs } = this.view;
    const members: TaskId[] = [];
    for (let task = jobs.firstPending(job); task !== NONE; task = jobs.nextPending(task)) members.push(task);
    return members;
  }

  /** A necessary condition that costs less than a search: most reviews fail here. */
  private haveVolume(job: JobId, machines: Iterable<MachineId>, others: readonly Occupant[]): boolean {
    const { machines: sight, space } = this.view;
    const takers = [...this.members(job), ...others.map(({ task }) => task)];
    return space.dimensions.every((d) => {
      let left = 0;
      for (const machine of machines) left += sight.capacity(machine, d);
      for (const task of takers) left -= sight.demand(this.cluster.tasks.taskClass[task], d);
      return left >= 0;
    });
  }
}

/** Machines in the order in which they are emptied: those with the fewest of these tasks first, then by rank. */
function fewestFirst(tasks: readonly Occupant[]): readonly MachineId[] {
  const counts = new Map<MachineId, number>();
  for (const { machine } of tasks) counts.set(machine, (counts.get(machine) ?? 0) + 1);
  return [...counts].sort((a, b) => a[1] - b[1] || a[0] - b[0]).map(([machine]) => machine);
}

/**
 * The least index below `count` for which something is found, by bisection: what is found at one index is found at all later
 * ones. The first index is tried at first, because a placement rule that requires a neighbour may hold there only.
 */
function leastThat<Found>(
  count: number,
  find: (index: number) => Found | undefined,
): { readonly index: number; readonly found: Found } | undefined {
  const at = (index: number) => {
    const found = index < count ? find(index) : undefined;
    return found === undefined ? undefined : { index, found };
  };
  const first = at(0);
  if (first !== undefined || count < 2) return first;
  let best = at(count - 1);
  if (best === undefined) return undefined;
  for (let low = 1; low < best.index; ) {
    const middle = (low + best.index) >> 1;
    const found = at(middle);
    if (found === undefined) low = middle + 1;
    else best = found;
  }
  return best;
}
