import {
  FOREVER,
  type MachineId,
  type Micros,
  NONE,
  type PlacementSink,
  type Scheduler,
  type SchedulingView,
  type TaskId,
} from '../contract.js';
import { isOpen, isOpenTo } from './preemption.js';
import { Profile } from './profile.js';
import { isGang, pendingMembers } from './starter.js';

/**
 * Conservative backfilling: every waiting task has a reservation, so no task is delayed by a later one. A new task gets the
 * earliest free time in the plan. When a task ends, all waiting tasks whose time is still ahead are placed again, one at a
 * time, in queue order (the rule of docs/studies.md, swf).
 *
 * Users see the planned starts as promises (`act.promise`). After a restart, all waiting tasks are planned anew in queue order.
 */
export function conservativeScheduler(name: string): Scheduler {
  let plan: Plan | undefined;
  return {
    name,
    begin(view) {
      plan = new Plan(view);
    },
    schedule(view, act) {
      plan?.update(view, act);
    },
  };
}

/** A started task, until the plan notices its end. */
interface Started {
  readonly task: TaskId;
  readonly machine: MachineId;
  readonly taskClass: number;
  readonly since: Micros;
  readonly expectedEnd: Micros;
}

class Plan {
  private readonly profiles: Profile[] = [];
  private running: Started[] = [];
  /** Planned start of each waiting task, valid while the task is queued under the number in `plannedAs`. */
  private readonly startOf: Micros[] = [];
  private readonly plannedAs: number[] = [];
  /** Machine of each waiting task's reservation. */
  private readonly machineOf: MachineId[] = [];
  /** Scratch row for the demand of a task class. */
  private readonly row: Int32Array;

  /** Builds the plan from the running tasks. Waiting tasks are planned at the first call. */
  constructor(view: SchedulingView) {
    const { machines } = view;
    this.row = new Int32Array(view.space.dimensions.length);
    for (let machine = 0; machine < machines.count; machine++) {
      this.profiles.push(new Profile(view.now, capacityOf(view, machine)));
      for (let task = machines.first(machine); task !== NONE; task = machines.next(task))
        this.noteRunning(view, task, machine);
    }
  }

  update(view: SchedulingView, act: PlacementSink): void {
    for (const profile of this.profiles) profile.trim(view.now);
    if (view.endedSince > 0) {
      this.giveBackEnded(view);
      this.placeAgain(view, act, (task) => this.plannedAt(view, task) > view.now);
    }
    // A reservation is missed if the decision took time, or if its machine left.
    this.placeAgain(view, act, (task) => this.isMissed(view, task));
    this.placeAgain(view, act, (task) => Number.isNaN(this.plannedAt(view, task)));
    this.startDue(view, act);
    this.wakeAtNext(view, act);
  }

  /** The planned start of a waiting task; NaN without one. */
  private plannedAt(view: SchedulingView, task: TaskId): Micros {
    return this.plannedAs[task] === view.tasks.queuedAs(task) ? this.startOf[task] : Number.NaN;
  }

  private plan(view: SchedulingView, task: TaskId, start: Micros): void {
    this.plannedAs[task] = view.tasks.queuedAs(task);
    this.startOf[task] = start;
  }

  private wakeAtNext(view: SchedulingView, act: PlacementSink): void {
    let next = FOREVER;
    for (let task = view.queue.first; task !== NONE; task = view.queue.next(task)) {
      const start = this.plannedAt(view, task);
      if (start > view.now && start < next) next = start;
    }
    if (next < FOREVER) act.wakeAt(next);
  }

  private giveBackEnded(view: SchedulingView): void {
    this.running = this.running.filter((run) => {
      if (view.tasks.machine(run.task) === run.machine && view.tasks.started(run.task) === run.since)
        return true;
      this.change(view, run.machine, view.now, run.expectedEnd, run.taskClass, 1);
      return false;
    });
  }

  private isMissed(view: SchedulingView, task: TaskId): boolean {
    const reserved = this.plannedAt(view, task);
    return reserved < view.now || (reserved === view.now && !isOpen(view, this.machineOf[task], task));
  }

  /** Removes these tasks from the plan and places them again, one at a time, in queue order. */
  private placeAgain(view: SchedulingView, act: PlacementSink, isMeant: (task: TaskId) => boolean): void {
    for (let task = view.queue.first; task !== NONE; task = view.queue.next(task)) {
      if (!isMeant(task) || isFollower(view, task)) continue;
      const members = isGang(view, task) ? pendingMembers(view, task) : [task];
      for (const member of members) {
        if (!Number.isNaN(this.plannedAt(view, member))) this.changeReservation(view, member, 1);
      }
      this.place(view, act, members);
    }
  }

  private startDue(view: SchedulingView, act: PlacementSink): void {
    let next = NONE;
    for (let task = view.queue.first; task !== NONE; task = next) {
      next = view.queue.next(task);
      if (!(this.plannedAt(view, task) <= view.now) || isFollower(view, task)) continue;
      if (isGang(view, task)) {
        const members = pendingMembers(view, task);
        while (next !== NONE && members.includes(next)) next = view.queue.next(next);
        this.startGang(view, act, members);
      } else {
        this.start(view, act, task);
      }
    }
  }

  private start(view: SchedulingView, act: PlacementSink, task: TaskId): void {
    const machine = this.machineOf[task];
    this.changeReservation(view, task, 1);
    // The plan counts GPU devices as one amount, so the task may not fit a single device.
    const isStarted = view.machines.whyNot(task, machine) === 'done' && act.start(task, machine) === 'done';
    if (isStarted) this.noteRunning(view, task, machine);
    else this.plan(view, task, Number.NaN);
  }

  private startGang(view: SchedulingView, act: PlacementSink, members: readonly TaskId[]): void {
    for (const member of members) this.changeReservation(view, member, 1);
    const machines = members.map((member) => this.machineOf[member]);
    // The plan counts GPU devices as one amount, so the gang may not fit single devices. `put` tells without a refusal.
    view.whatIf.reset('now');
    const fits = members.every((member, i) => view.whatIf.put(member, machines[i]) === 'done');
    if (fits && act.startGang(view.tasks.job(members[0]), { tasks: members, machines }) === 'done') {
      for (const [i, member] of members.entries()) this.noteRunning(view, member, machines[i]);
      return;
    }
    for (const member of members) this.plan(view, member, Number.NaN);
  }

  /** Reserves the earliest time at which all members have room. */
  private place(view: SchedulingView, act: PlacementSink, members: readonly TaskId[]): void {
    const time = members.length === 1 ? this.placeSingle(view, members[0]) : this.placeGang(view, members);
    for (const member of members) this.plan(view, member, Number.isFinite(time) ? time : Number.NaN);
    act.promise(view.tasks.job(members[0]), time);
    if (!Number.isFinite(time)) return;
    for (const member of members) this.changeReservation(view, member, -1);
  }

  private placeSingle(view: SchedulingView, task: TaskId): Micros {
    const demand = this.demandOf(view, view.tasks.taskClass(task));
    let earliest = Number.POSITIVE_INFINITY;
    for (let machine = 0; machine < this.profiles.length; machine++) {
      if (!isPossible(view, machine, task)) continue;
      const time = this.profiles[machine].earliest(view.now, view.tasks.estimate(task), demand);
      if (time >= earliest) continue;
      earliest = time;
      this.machineOf[task] = machine;
    }
    return earliest;
  }

  /** The first step of any profile at which all members find room, first fit. */
  private placeGang(view: SchedulingView, members: readonly TaskId[]): Micros {
    const steps = new Set([view.now]);
    for (const profile of this.profiles) for (let i = 0; i < profile.length; i++) steps.add(profile.times[i]);
    for (const time of [...steps].sort((a, b) => a - b)) if (this.findRoom(view, members, time)) return time;
    return Number.POSITIVE_INFINITY;
  }

  private findRoom(view: SchedulingView, members: readonly TaskId[], time: Micros): boolean {
    const placed: TaskId[] = [];
    for (const member of members) {
      const taskClass = view.tasks.taskClass(member);
      const end = time + view.tasks.estimate(member);
      const demand = this.demandOf(view, taskClass);
      const machine = this.profiles.findIndex(
        (profile, m) => isPossible(view, m, member) && profile.fits(time, end, demand),
      );
      if (machine < 0) break;
      this.machineOf[member] = machine;
      this.change(view, machine, time, end, taskClass, -1);
      placed.push(member);
    }
    for (const member of placed) {
      const taskClass = view.tasks.taskClass(member);
      this.change(view, this.machineOf[member], time, time + view.tasks.estimate(member), taskClass, 1);
    }
    return placed.length === members.length;
  }

  private noteRunning(view: SchedulingView, task: TaskId, machine: MachineId): void {
    const since = view.tasks.started(task);
    const taskClass = view.tasks.taskClass(task);
    const expectedEnd = since + view.tasks.estimate(task);
    this.running.push({ task, machine, taskClass, since, expectedEnd });
    this.change(view, machine, view.now, expectedEnd, taskClass, -1);
  }

  private changeReservation(view: SchedulingView, task: TaskId, sign: 1 | -1): void {
    const from = Math.max(view.now, this.plannedAt(view, task));
    const to = this.plannedAt(view, task) + view.tasks.estimate(task);
    this.change(view, this.machineOf[task], from, to, view.tasks.taskClass(task), sign);
  }

  private change(
    view: SchedulingView,
    machine: MachineId,
    from: Micros,
    to: Micros,
    taskClass: number,
    sign: 1 | -1,
  ): void {
    this.profiles[machine].change(from, to, this.demandOf(view, taskClass), sign);
  }

  /** Valid until the next call. */
  private demandOf({ machines, space }: SchedulingView, taskClass: number): Int32Array {
    for (const d of space.dimensions) this.row[d] = machines.demand(taskClass, d);
    return this.row;
  }
}

/** Is the task a member of a gang, but not the first in the queue? The first represents the gang. */
function isFollower(view: SchedulingView, task: TaskId): boolean {
  return isGang(view, task) && pendingMembers(view, task)[0] !== task;
}

/** Could the task run on this machine if it had room? Rules are checked as of now, even for a later start. */
function isPossible(view: SchedulingView, machine: MachineId, task: TaskId): boolean {
  return isOpenTo(view, machine, task) && view.rules.allows(task, machine);
}

function capacityOf({ machines, space }: SchedulingView, machine: MachineId): Int32Array {
  return Int32Array.from(space.dimensions, (d) => machines.capacity(machine, d));
}
