import {
  type MachineId,
  type Machines,
  type Micros,
  NONE,
  type SchedulingView,
  type TaskClassId,
  type TaskId,
} from '../contract.js';

/** A machine for each task of a list, and the tasks that must stop for them. */
export interface PreemptionPlan {
  /** Machine of each task, in the order of the list. */
  readonly machines: readonly MachineId[];
  /** Running tasks to stop. A gang stops as a whole. */
  readonly victims: readonly TaskId[];
}

/** May the task use this machine? Room is not checked. */
export type MachineFilter = (task: TaskId, machine: MachineId) => boolean;

/**
 * Chooses the victims that must stop to make room for tasks of a higher band. On each machine, the lowest priority stops first,
 * and among equals the task that started last, which loses the least work. Then victims whose stop is not necessary are
 * reprieved, the highest priority first. The machine wins whose highest victim priority is the lowest, then the one with the
 * fewest victims, then the least lost work, then the lowest rank. This is the order of Kubernetes (scheduler framework,
 * preemption), without its disruption budgets.
 *
 * Complexity: the running tasks of all machines, for each task.
 */
export class Preemption {
  /** How long victims may run on. */
  readonly grace: Micros;
  private readonly bands: PriorityBands;
  /** The lowest band of all running tasks in this pass; computed on first use. */
  private lowestBand: number | undefined;

  constructor(bands: PriorityBands, grace: Micros = 0) {
    this.bands = bands;
    this.grace = grace;
  }

  /** A new pass begins. */
  begin(): void {
    this.lowestBand = undefined;
  }

  /** Room for all of these tasks, which belong to one job; undefined if preemption cannot make enough room. */
  plan(view: SchedulingView, tasks: readonly TaskId[], allows: MachineFilter): PreemptionPlan | undefined {
    this.lowestBand ??= this.lowestRunning(view);
    if (bandOf(this.bands, view.tasks.priority(tasks[0])) <= this.lowestBand) return undefined;
    const rooms = new Map<MachineId, MachineRoom>();
    const machines: MachineId[] = [];
    const victims = new Set<TaskId>();
    for (const task of tasks) {
      const best = this.best(view, task, rooms, victims, allows);
      if (best === undefined) return undefined;
      for (const victim of best.victims) {
        for (const member of stoppedWith(view, victim)) {
          if (victims.has(member)) continue;
          victims.add(member);
          roomOf(view, rooms, view.tasks.machine(member)).move(view, member, 1);
        }
      }
      roomOf(view, rooms, best.machine).take(view.tasks.taskClass(task));
      machines.push(best.machine);
    }
    return { machines, victims: [...victims] };
  }

  /** The lowest running band. Later preemptions in the pass can only raise it: that costs a search, but gives no wrong answer. */
  private lowestRunning(view: SchedulingView): number {
    const { machines } = view;
    let lowest = Number.POSITIVE_INFINITY;
    for (let machine = 0; machine < machines.count; machine++) {
      for (let task = machines.first(machine); task !== NONE; task = machines.next(task))
        lowest = Math.min(lowest, bandOf(this.bands, view.tasks.priority(task)));
    }
    return lowest;
  }

  private best(
    view: SchedulingView,
    task: TaskId,
    rooms: ReadonlyMap<MachineId, MachineRoom>,
    gone: ReadonlySet<TaskId>,
    allows: MachineFilter,
  ): Sacrifice | undefined {
    let best: Sacrifice | undefined;
    for (let machine = 0; machine < view.machines.count; machine++) {
      if (!isPossible(view, machine, task) || !allows(task, machine)) continue;
      const victims = this.victimsOn(view, task, machine, rooms.get(machine), gone);
      if (victims === undefined) continue;
      const sacrifice = sacrificeOf(view, machine, victims);
      if (best === undefined || costsLess(sacrifice, best)) best = sacrifice;
    }
    return best;
  }

  /** The victims on this machine; undefined if they do not make enough room. */
  private victimsOn(
    view: SchedulingView,
    task: TaskId,
    machine: MachineId,
    planned: MachineRoom | undefined,
    gone: ReadonlySet<TaskId>,
  ): TaskId[] | undefined {
    const taskClass = view.tasks.taskClass(task);
    if (planned?.fits(taskClass) ?? view.machines.whyNot(task, machine) === 'done') return [];
    const lower = this.lowerTasks(view, task, machine, gone);
    if (lower.length === 0) return undefined;
    const room = planned ?? new MachineRoom(view.machines, machine);
    const stopped: TaskId[] = [];
    for (const victim of lower) {
      if (room.fits(taskClass)) break;
      room.move(view, victim, 1);
      stopped.push(victim);
    }
    const isEnough = room.fits(taskClass);
    const needed = isEnough ? this.withoutSpared(view, room, taskClass, stopped) : [];
    if (planned !== undefined) for (const victim of isEnough ? needed : stopped) room.move(view, victim, -1);
    return isEnough ? needed : undefined;
  }

  /** Reprieves victims whose stop is not necessary, the highest priority first. */
  private withoutSpared(
    view: SchedulingView,
    room: MachineRoom,
    taskClass: number,
    stopped: readonly TaskId[],
  ): TaskId[] {
    return stopped
      .slice()
      .reverse()
      .filter((victim) => {
        room.move(view, victim, -1);
        if (room.fits(taskClass)) return false;
        room.move(view, victim, 1);
        return true;
      });
  }

  /** Tasks of lower bands on a machine, the lowest priority first, then the latest start. */
  private lowerTasks(
    view: SchedulingView,
    task: TaskId,
    machine: MachineId,
    gone: ReadonlySet<TaskId>,
  ): TaskId[] {
    const { tasks, machines } = view;
    const band = bandOf(this.bands, tasks.priority(task));
    const job = tasks.job(task);
    const lower: TaskId[] = [];
    for (let other = machines.first(machine); other !== NONE; other = machines.next(other)) {
      // A gang cannot start without its own running tasks.
      const isOwnGang = tasks.job(other) === job && view.jobs.isGang(job);
      const isRunning = tasks.state(other) === 'running' && !gone.has(other) && !isOwnGang;
      if (isRunning && bandOf(this.bands, tasks.priority(other)) < band) lower.push(other);
    }
    return lower.sort(
      (a, b) => tasks.priority(a) - tasks.priority(b) || tasks.started(b) - tasks.started(a) || b - a,
    );
  }
}

/** The cost of making room on one machine. */
interface Sacrifice {
  readonly machine: MachineId;
  readonly victims: readonly TaskId[];
  /** Highest priority of a victim; -Infinity without victims. */
  readonly highestPriority: number;
  /** Task-Micros that have to be run again. */
  readonly lostWork: Micros;
}

function sacrificeOf(view: SchedulingView, machine: MachineId, victims: readonly TaskId[]): Sacrifice {
  let highestPriority = Number.NEGATIVE_INFINITY;
  let lostWork = 0;
  for (const victim of victims) {
    highestPriority = Math.max(highestPriority, view.tasks.priority(victim));
    lostWork += view.now - view.tasks.started(victim);
  }
  return { machine, victims, highestPriority, lostWork };
}

function costsLess(a: Sacrifice, b: Sacrifice): boolean {
  if (a.highestPriority !== b.highestPriority) return a.highestPriority < b.highestPriority;
  if (a.victims.length !== b.victims.length) return a.victims.length < b.victims.length;
  return a.lostWork < b.lostWork;
}

/** Is the machine up and visible, and does it have the attributes that the task requires? Room is not checked. */
function isOpenTo(view: SchedulingView, machine: MachineId, task: TaskId): boolean {
  const why = view.machines.whyNot(task, machine);
  return why !== 'machine-not-up' && why !== 'not-offered' && why !== 'constraint';
}

/** Could the task run on this machine if nothing else did? */
function isPossible(view: SchedulingView, machine: MachineId, task: TaskId): boolean {
  const { machines, space } = view;
  const taskClass = view.tasks.taskClass(task);
  if (!isOpenTo(view, machine, task)) return false;
  return space.dimensions.every((d) => machines.capacity(machine, d) >= machines.demand(taskClass, d));
}

function roomOf(view: SchedulingView, rooms: Map<MachineId, MachineRoom>, machine: MachineId): MachineRoom {
  let room = rooms.get(machine);
  if (room === undefined) {
    room = new MachineRoom(view.machines, machine);
    rooms.set(machine, room);
  }
  return room;
}

/** The victim, or all running members of its gang: a part of a gang is useless. */
function stoppedWith(view: SchedulingView, victim: TaskId): TaskId[] {
  const job = view.tasks.job(victim);
  if (!view.jobs.isGang(job)) return [victim];
  const members: TaskId[] = [];
  const { machines } = view;
  for (let machine = 0; machine < machines.count; machine++) {
    for (let task = machines.first(machine); task !== NONE; task = machines.next(task)) {
      if (view.tasks.job(task) === job && view.tasks.state(task) === 'running') members.push(task);
    }
  }
  return members;
}

/**
 * Bands of priorities. A task preempts running tasks of lower bands only, so tasks of one band cannot preempt each other in a
 * cascade (Verma et al., "Large-scale cluster management at Google with Borg", EuroSys 2015, section 2.5: production tasks
 * do not preempt one another).
 */
export interface PriorityBands {
  /** Lowest priority of each band except the first, ascending; empty when each priority is a band of its own. */
  readonly starts: readonly number[];
}

/** The band of a priority; higher bands may preempt lower ones. */
function bandOf(bands: PriorityBands, priority: number): number {
  if (bands.starts.length === 0) return priority;
  let band = 0;
  while (band < bands.starts.length && priority >= bands.starts[band]) band++;
  return band;
}

/** The free resources of one machine after hypothetical stops and starts: a copy to try them on. */
export class MachineRoom {
  readonly machine: MachineId;
  private readonly machines: Machines;
  private readonly free: Int32Array;
  private readonly deviceFree: Int32Array;

  constructor(machines: Machines, machine: MachineId) {
    this.machine = machine;
    this.machines = machines;
    this.free = Int32Array.from(machines.space.dimensions, (d) => machines.free(machine, d));
    this.deviceFree = Int32Array.from({ length: machines.devices(machine) }, (_, device) =>
      machines.deviceFree(machine, device),
    );
  }

  /** Does a task of this class fit? Constraints are not checked. */
  fits(taskClass: TaskClassId): boolean {
    const { machines } = this;
    for (const d of machines.space.dimensions) if (this.free[d] < machines.demand(taskClass, d)) return false;
    const milli = machines.deviceShare(taskClass);
    return this.deviceFree.filter((left) => left >= milli).length >= machines.deviceCount(taskClass);
  }

  /** Removes the task (sign 1), or puts it back on its devices (sign -1). */
  move(view: SchedulingView, task: TaskId, sign: 1 | -1): void {
    const taskClass = view.tasks.taskClass(task);
    const milli = this.machines.deviceShare(taskClass);
    this.moveAmounts(taskClass, sign);
    for (let rest = view.tasks.deviceMask(task), device = 0; rest !== 0; rest >>>= 1, device++) {
      if ((rest & 1) !== 0) this.deviceFree[device] += sign * milli;
    }
  }

  /** Adds a task of this class on the devices that the ledger would choose: the fitting ones with the least left. */
  take(taskClass: TaskClassId): void {
    const { machines, deviceFree } = this;
    const milli = machines.deviceShare(taskClass);
    this.moveAmounts(taskClass, -1);
    const fitting = [...deviceFree.keys()]
      .filter((device) => deviceFree[device] >= milli)
      .sort((a, b) => deviceFree[a] - deviceFree[b] || a - b);
    for (const device of fitting.slice(0, machines.deviceCount(taskClass))) deviceFree[device] -= milli;
  }

  private moveAmounts(taskClass: TaskClassId, sign: 1 | -1): void {
    const { machines } = this;
    for (const d of machines.space.dimensions) this.free[d] += sign * machines.demand(taskClass, d);
  }
}
