import {
  type DeviceMask,
  FOREVER,
  type MachineId,
  type Micros,
  NONE,
  type SchedulingView,
  type TaskId,
} from '../contract.js';
import type { Need } from '../planner/need.js';
import { mayUse, type Presence, presenceOf } from '../planner/presence.js';
import type { GangSearch } from '../planner/search.js';
import { longestEstimate } from '../planner/slot-sweep.js';
import { TimeHeap } from '../planner/time-heap.js';
import { ExpectedRoom } from './expected-room.js';
import type { TimedFilter } from './starter.js';

/** Which machines identical members of a head get, of those that have room at its time. */
export const RESERVED = ['lowest-rank', 'free-last'] as const;
/** One of `RESERVED`. */
export type Reserved = (typeof RESERVED)[number];

/**
 * The reservation of EASY: when and where the job at the head of the queue can start as a whole, if running tasks end as their
 * users estimated. It is found anew in every pass; only where the search is cut off, that of the last pass is kept.
 *
 * - A single task gets the machine on which it fits first. Identical members get machines at the first time at which all have
 *   room: those of lowest rank, or with `free-last` those that are free last. Both are exact. Other jobs, and jobs with rules,
 *   get the first placing that the search finds at the end of a running task.
 * - Without a time, because tasks without an estimate are in the way, it has the machines that it would get when all tasks have
 *   ended. Jobs behind it may use what it leaves free there.
 * - A job that could not stand on the machines of now has no reservation.
 */
export class HeadReservation {
  private readonly reserve: Reserved;
  /** The shadow time, at which the head will start; FOREVER if it is unknown. */
  shadow: Micros = FOREVER;
  /** The members of the head, with their machines; empty without a reservation. */
  members: readonly TaskId[] = [];
  machines: readonly MachineId[] = [];
  /** Could the members stand on other machines at the same time, which leaves jobs behind the head more room now? */
  isMovable = false;
  private masks: readonly DeviceMask[] = [];
  private joined = 0;
  private isActive = false;
  /** The rows of promised machines are the room that the head leaves free at the shadow time. */
  readonly room = new ExpectedRoom();
  private readonly heap = new TimeHeap();
  private isPromised = new Uint8Array(0);
  private slots = new Int32Array(0);
  private slotsAtOnce = new Int32Array(0);
  private places = new Int32Array(0);
  private presence: Presence[] = [];

  constructor(reserve: Reserved = 'lowest-rank') {
    this.reserve = reserve;
  }

  find(
    view: SchedulingView,
    members: readonly TaskId[],
    filter: TimedFilter,
    search: () => GangSearch,
  ): void {
    const { count } = view.machines;
    if (this.isPromised.length < count) {
      this.isPromised = new Uint8Array(count);
      this.slots = new Int32Array(count);
      this.slotsAtOnce = new Int32Array(count);
      this.places = new Int32Array(count);
    }
    this.room.update(view);
    this.presence.length = count;
    for (let machine = 0; machine < count; machine++) this.presence[machine] = presenceOf(view, machine);
    this.isMovable = false;
    const hasRules = members.some((task) => view.rules.mayForbid(task));
    const taskClass = view.tasks.taskClass(members[0]);
    if (hasRules || members.some((task) => view.tasks.taskClass(task) !== taskClass))
      this.findBySearch(view, members, filter, search());
    else if (members.length === 1) this.findForOne(view, members[0], filter);
    else this.findForAlike(view, members, filter);
    this.joined = view.tasks.queuedAs(members[0]);
  }

  /** Until the next `find`, nothing is promised. */
  suspend(): void {
    for (const machine of this.machines) this.isPromised[machine] = 0;
    this.isActive = false;
  }

  /** Is the machine promised to the head, so that a task of this length, started now, must leave it its room? */
  concerns(now: Micros, machine: MachineId, length: Micros): boolean {
    return this.isPromised[machine] === 1 && this.outlasts(now, length);
  }

  /** Would a job of this length, started now, still run when the head starts? */
  outlasts(now: Micros, length: Micros): boolean {
    return this.isActive && (this.shadow === FOREVER || now + length > this.shadow);
  }

  /** Do the rules of the task and of the head allow the task here, if the head is on its machines? Room is not checked. */
  allowsBeside(view: SchedulingView, task: TaskId, machine: MachineId): boolean {
    const { whatIf } = view;
    whatIf.reset('now');
    for (const [i, member] of this.members.entries()) whatIf.neighbour(member, this.machines[i]);
    return whatIf.machines.whyNot(task, machine) === 'done';
  }

  /** Keeps the head's room free in `view.whatIf`, for jobs that outlast its time. */
  keepRoom(view: SchedulingView, hasRules: boolean): void {
    const { whatIf, space } = view;
    if (hasRules)
      for (const [i, member] of this.members.entries()) whatIf.neighbour(member, this.machines[i]);
    for (const machine of new Set(this.machines)) {
      for (const d of space.dimensions) {
        const surplus = whatIf.machines.free(machine, d) - this.room.at(machine, d);
        if (surplus > 0) whatIf.block(machine, d, surplus);
      }
      for (let device = 0; device < view.machines.devices(machine); device++) {
        const surplus =
          whatIf.machines.deviceFree(machine, device) -
          this.room.at(machine, space.dimensions.length + device);
        if (surplus > 0) whatIf.blockDevice(machine, device, surplus);
      }
    }
  }

  /** How many tasks, at most `most`, have room on the machine now, and beside the head with `isLong`. */
  slotsNow(view: SchedulingView, machine: MachineId, need: Need, most: number, isLong: boolean): number {
    return this.room.slotsNow(view, machine, need, most, isLong && this.isPromised[machine] === 1);
  }

  /** A task has just been started on the machine. What it takes from the head's machines at the shadow time is used up. */
  started(view: SchedulingView, task: TaskId, machine: MachineId): void {
    this.room.started(view, task, machine);
    if (!this.concerns(view.now, machine, view.tasks.estimate(task))) return;
    const need = this.room.needs.of(view, view.tasks.taskClass(task));
    this.room.move(machine, need, view.tasks.deviceMask(task), -1);
  }

  private promise(
    members: readonly TaskId[],
    shadow: Micros,
    machines: readonly MachineId[],
    masks: readonly DeviceMask[],
  ): void {
    this.shadow = shadow;
    this.members = members;
    this.machines = machines;
    this.masks = masks;
    this.isActive = true;
    for (const machine of machines) this.isPromised[machine] = 1;
  }

  private forget(): void {
    this.members = [];
    this.machines = [];
  }

  private findForOne(view: SchedulingView, head: TaskId, filter: TimedFilter): void {
    const need = this.room.needs.of(view, view.tasks.taskClass(head));
    let shadow = FOREVER;
    let best = NONE;
    let whenAllEnded = NONE;
    for (let machine = 0; machine < view.machines.count; machine++) {
      if (!mayUse(view, this.presence[machine], machine, head)) continue;
      const time = this.firstTime(view, machine, head, need, filter, shadow);
      if (time < shadow) {
        shadow = time;
        best = machine;
      } else if (best === NONE && whenAllEnded === NONE && this.holdsAtLast(view, machine, need)) {
        whenAllEnded = machine;
      }
    }
    const machine = best === NONE ? whenAllEnded : best;
    if (machine === NONE) {
      this.forget();
      return;
    }
    this.room.releaseUntil(view, machine, shadow);
    this.promise([head], shadow, [machine], [this.room.takeOne(machine, need, 1)]);
  }

  /** The first time before `limit` at which the task fits the machine; FOREVER when there is none. */
  private firstTime(
    view: SchedulingView,
    machine: MachineId,
    task: TaskId,
    need: Need,
    filter: TimedFilter,
    limit: Micros,
  ): Micros {
    const { room } = this;
    const ends = room.endsOf(machine);
    const { from, until } = this.presence[machine];
    const length = view.tasks.estimate(task);
    room.copyFree(view, machine);
    let timed = 0;
    let returns = from > view.now ? from : NONE;
    for (let place = 0; ; ) {
      const end = place < ends.length ? Math.max(ends.ends[place], view.now) : FOREVER;
      const other = timed < filter.times.length ? filter.times[timed] : FOREVER;
      const time = returns === NONE ? Math.min(end, other) : returns;
      returns = NONE;
      if (time >= limit || time + length > until) return FOREVER;
      place = room.release(view, machine, place, time);
      while (timed < filter.times.length && filter.times[timed] <= time) timed++;
      if (room.fits(machine, need) && filter.allows(task, machine, time)) return time;
    }
  }

  /** Does the machine hold the task when all tasks have ended? */
  private holdsAtLast(view: SchedulingView, machine: MachineId, need: Need): boolean {
    this.room.releaseUntil(view, machine, FOREVER);
    return this.room.fits(machine, need);
  }

  private findForAlike(view: SchedulingView, members: readonly TaskId[], filter: TimedFilter): void {
    const { heap, slots, slotsAtOnce, places, room } = this;
    const need = room.needs.of(view, view.tasks.taskClass(members[0]));
    const length = longestEstimate(view, members);
    const wanted = members.length;
    heap.clear();
    for (const time of filter.times) heap.push(time, NONE);
    let sum = 0;
    const count = (machine: MachineId, time: Micros) => {
      const { from, until } = this.presence[machine];
      const isThere = from <= Math.max(time, view.now) && (time === FOREVER || time + length <= until);
      const isUsable = isThere && filter.allows(members[0], machine, time);
      const now = isUsable ? room.slots(machine, need, wanted) : 0;
      sum += now - slots[machine];
      slots[machine] = now;
    };
    for (let machine = 0; machine < view.machines.count; machine++) {
      slots[machine] = 0;
      slotsAtOnce[machine] = 0;
      places[machine] = 0;
      if (!mayUse(view, this.presence[machine], machine, members[0])) {
        places[machine] = NONE;
        continue;
      }
      room.copyFree(view, machine);
      count(machine, view.now);
      if (this.reserve === 'free-last') slotsAtOnce[machine] = slots[machine];
      this.pushNext(view, machine, view.now);
    }
    let time = view.now;
    while (sum < wanted && heap.length > 0) {
      time = heap.time;
      while (heap.length > 0 && heap.time === time) {
        const machine = heap.pop();
        if (machine !== NONE) {
          places[machine] = room.release(view, machine, places[machine], time);
          count(machine, time);
          this.pushNext(view, machine, time);
        } else for (let m = 0; m < view.machines.count; m++) if (places[m] !== NONE) count(m, time);
      }
    }
    if (sum < wanted) {
      this.forget();
      return;
    }
    // `slots` becomes the number of members that each machine gets. By `free-last`, what is free now comes second: so jobs
    // behind the head have min(free now, free at its time - head) of it beside the head, as on one machine.
    let rest = wanted;
    for (let machine = 0; machine < view.machines.count; machine++) {
      const later = Math.min(rest, Math.max(0, slots[machine] - slotsAtOnce[machine]));
      slotsAtOnce[machine] = slots[machine] - later;
      slots[machine] = later;
      rest -= later;
    }
    for (let machine = 0; rest > 0; machine++) {
      const now = Math.min(rest, slotsAtOnce[machine]);
      slots[machine] += now;
      rest -= now;
    }
    const machines: MachineId[] = [];
    const masks: DeviceMask[] = [];
    for (let machine = 0; machines.length < wanted; machine++) {
      let left = slots[machine];
      if (left > 0) room.releaseUntil(view, machine, time);
      for (; left > 0; left--) {
        machines.push(machine);
        masks.push(room.takeOne(machine, need, left));
      }
    }
    this.promise(members, time, machines, masks);
    this.isMovable = this.reserve === 'free-last';
  }

  /** The search is asked at each time at which a task ends or an answer of the filter changes. */
  private findBySearch(
    view: SchedulingView,
    members: readonly TaskId[],
    filter: TimedFilter,
    search: GangSearch,
  ): void {
    const { whatIf, tasks } = view;
    const job = tasks.job(members[0]);
    const length = longestEstimate(view, members);
    const running = this.running(view);
    const times = [
      ...new Set([...running.map(({ end }) => end), ...filter.times, ...this.returns(view)]),
    ].sort((a, b) => a - b);
    let isCutOff = false;
    let gone = 0;
    whatIf.reset('now');
    for (const time of times) {
      for (; gone < running.length && running[gone].end <= time; gone++) whatIf.remove(running[gone].task);
      const mark = whatIf.mark();
      this.setPresence(view, time, length);
      const answer = search.place(job, members, (machine, task) => filter.allows(task, machine, time));
      whatIf.undo(mark);
      isCutOff ||= answer.answer === 'unknown';
      if (answer.answer !== 'yes') continue;
      const { machines, devices } = answer.placing;
      const places = members.map((member) => answer.placing.tasks.indexOf(member));
      this.promiseAt(
        view,
        members,
        time,
        places.map((at) => machines[at]),
        places.map((at) => devices?.[at] ?? 0),
      );
      return;
    }
    const isSame =
      this.members.length === members.length &&
      this.members[0] === members[0] &&
      this.joined === tasks.queuedAs(members[0]);
    if (isCutOff && isSame && this.shadow >= view.now)
      this.promiseAt(view, members, this.shadow, this.machines, this.masks);
    else this.forget();
  }

  /** Promises a placing: its room is taken from the rows of its machines at the time. */
  private promiseAt(
    view: SchedulingView,
    members: readonly TaskId[],
    time: Micros,
    machines: readonly MachineId[],
    masks: readonly DeviceMask[],
  ): void {
    const { room } = this;
    for (const machine of new Set(machines)) room.releaseUntil(view, machine, time);
    for (const [i, member] of members.entries())
      room.move(machines[i], room.needs.of(view, view.tasks.taskClass(member)), masks[i], -1);
    this.promise(members, time, machines, masks);
  }

  /** All running tasks, the earliest expected end first. */
  private running({ machines, now }: SchedulingView): { readonly task: TaskId; readonly end: Micros }[] {
    const running: { task: TaskId; end: Micros }[] = [];
    for (let machine = 0; machine < machines.count; machine++) {
      const ends = this.room.endsOf(machine);
      for (let place = 0; place < ends.length; place++)
        running.push({ task: ends.tasks[place], end: Math.max(ends.ends[place], now) });
    }
    return running.sort((a, b) => (a.end === b.end ? 0 : a.end < b.end ? -1 : 1));
  }

  private returns({ now }: SchedulingView): Micros[] {
    return this.presence.map(({ from }) => from).filter((from) => from > now && from < FOREVER);
  }

  /** Opens the machines that are back at a time, and takes the room of those that will be away before a task has ended. */
  private setPresence({ whatIf, space, now }: SchedulingView, time: Micros, length: Micros): void {
    for (const [machine, { from, until }] of this.presence.entries()) {
      if (from > now && from <= time && from < FOREVER) whatIf.open(machine);
      if (until === FOREVER || time + length <= until) continue;
      for (const d of space.dimensions) whatIf.block(machine, d, whatIf.machines.free(machine, d));
    }
  }

  /** The next time at which room comes back on the machine; FOREVER too, when tasks without an estimate have ended. */
  private pushNext(view: SchedulingView, machine: MachineId, after: Micros): void {
    const ends = this.room.endsOf(machine);
    const place = this.places[machine];
    const { from } = this.presence[machine];
    if (place < ends.length) this.heap.push(Math.max(ends.ends[place], view.now, from), machine);
    else if (from > after && from < FOREVER) this.heap.push(from, machine);
  }
}
