import {
  type Dimension,
  type MachineId,
  type Micros,
  NONE,
  type PlacementSink,
  type SchedulingView,
  type TaskId,
} from '../contract.js';
import { ExpectedEnds } from './expected-ends.js';
import { isOpenTo, type MachineFilter, type Preemption } from './preemption.js';
import { StampSet } from './stamp-set.js';
import { isGang, type MachineChoice, pendingMembers, Starter } from './starter.js';
import type { WaitingList } from './waiting-list.js';

/**
 * EASY backfilling: heads start while they fit. The first head that does not fit gets a reservation. Tasks behind it may start
 * if they do not delay the reservation (Lifka 1995; Mu'alem & Feitelson, TPDS 12 (6), 2001).
 *
 * With several machines, the reservation is on the machine where the head can start first. All tasks may use the others.
 */
export class EasyPass {
  private readonly choice: MachineChoice;
  private readonly list: WaitingList;
  private readonly behind: WaitingList;
  private readonly starter: Starter;
  private readonly blocked = new StampSet();
  private readonly reservation = new HeadReservation();

  /** `list` gives the heads, `behind` the order in which the tasks behind a blocked head are tried. */
  constructor(
    choice: MachineChoice,
    preemption: Preemption | undefined,
    list: WaitingList,
    behind: WaitingList,
  ) {
    this.choice = choice;
    this.list = list;
    this.behind = behind;
    this.starter = new Starter(choice, preemption, (view, task, machine) =>
      this.reservation.started(view, task, machine),
    );
  }

  run(view: SchedulingView, act: PlacementSink): void {
    let isDone = false;
    while (!isDone) {
      this.starter.begin();
      const head = this.startHeads(view, act);
      if (this.starter.passFollows) return;
      isDone = head === NONE || view.queue.length < 2 || !this.backfillBehind(view, act, head);
    }
  }

  /** Returns whether a started task may have changed what the head's rules allow. */
  private backfillBehind(view: SchedulingView, act: PlacementSink, head: TaskId): boolean {
    const before = view.queue.length;
    // A head with a claim has its room: nothing that is free delays it.
    if (view.tasks.state(head) === 'claiming') this.reservation.clear(view);
    else this.reservation.find(view, head, (task, machine) => this.choice.allows(view, task, machine));
    this.backfill(view, act, head);
    return view.queue.length < before && view.rules.mayForbid(head);
  }

  /** Starts heads until one does not fit, which is returned; NONE when all have started. */
  private startHeads(view: SchedulingView, act: PlacementSink): TaskId {
    this.list.restart(view);
    for (let task = this.list.next(); task !== NONE; task = this.list.next()) {
      if (!this.starter.isTried(view, task) && !this.starter.start(view, act, task)) return task;
    }
    return NONE;
  }

  private backfill(view: SchedulingView, act: PlacementSink, head: TaskId): void {
    const { blocked, behind } = this;
    behind.restart(view);
    blocked.clear();
    for (let task = behind.next(); task !== NONE; task = behind.next()) {
      if (task === head || isGang(view, task) || blocked.has(view.tasks.taskClass(task))) continue;
      const machine = this.choice.choose(view, act, task);
      if (machine !== NONE) this.startIfAllowed(view, act, task, machine);
      else if (!this.choice.isNarrowed(view, task)) blocked.add(view.tasks.taskClass(task));
    }
  }

  private startIfAllowed(view: SchedulingView, act: PlacementSink, task: TaskId, chosen: MachineId): void {
    if (this.reservation.allows(view, task, chosen)) {
      this.starter.startOn(view, act, task, chosen);
      return;
    }
    // The chosen machine is reserved for the head: take the first other machine that fits.
    const { machines } = view;
    let other = machines.firstFit(task);
    const isAllowed = (machine: MachineId) =>
      this.reservation.allows(view, task, machine) && this.choice.allows(view, task, machine);
    while (other !== NONE && !isAllowed(other)) other = machines.firstFit(task, other + 1);
    if (other !== NONE) this.starter.startOn(view, act, task, other);
  }
}

/**
 * The reservation of EASY: when and where the head of the queue can start, if running tasks end as their users estimated. It
 * is not kept between calls, but computed in every pass.
 *
 * A single task gets the machine on which it fits first (lowest rank on ties). A gang gets room on several machines, at the
 * first instant at which all of its tasks fit, by first fit. A head whose rules forbid all machines gets no reservation.
 */
class HeadReservation {
  /** The shadow time, at which the head will start; Infinity if it can never start. */
  shadow: Micros = Number.POSITIVE_INFINITY;
  /** `extra[machine * dims + dimension]`: free resources beside the head at the shadow time, on its machines. */
  private extra = new Int32Array(0);
  private promised = new Uint8Array(0);
  private readonly ends: ExpectedEnds[] = [];
  private dimensions: readonly Dimension[] = [];
  private allowed: MachineFilter = () => true;

  find(view: SchedulingView, head: TaskId, allows: MachineFilter): void {
    this.allowed = allows;
    this.clear(view);
    const { count } = view.machines;
    for (let machine = 0; machine < count; machine++) this.endsOf(machine).update(view);
    if (isGang(view, head)) this.promiseGang(view, pendingMembers(view, head));
    else this.promiseSingle(view, head);
  }

  /** Reserves nothing. */
  clear(view: SchedulingView): void {
    const { count } = view.machines;
    this.dimensions = view.space.dimensions;
    if (this.promised.length < count) {
      this.promised = new Uint8Array(count);
      this.extra = new Int32Array(count * this.dimensions.length);
    }
    this.promised.fill(0);
    this.shadow = Number.POSITIVE_INFINITY;
  }

  /** A task has just been started on the machine. */
  started(view: SchedulingView, task: TaskId, machine: MachineId): void {
    this.endsOf(machine).add(view, task);
  }

  /** Can a task start on this machine now without delaying the head? If it needs extra room, it uses it up. */
  allows(view: SchedulingView, task: TaskId, machine: MachineId): boolean {
    if (this.promised[machine] === 0 || view.now + view.tasks.estimate(task) <= this.shadow) return true;
    const taskClass = view.tasks.taskClass(task);
    if (!this.fits(view, machine, taskClass)) return false;
    this.take(view, machine, taskClass);
    return true;
  }

  private promiseSingle(view: SchedulingView, head: TaskId): void {
    const taskClass = view.tasks.taskClass(head);
    let best = NONE;
    for (let machine = 0; machine < view.machines.count; machine++) {
      if (!this.isPossible(view, machine, head)) continue;
      const time = this.firstTime(view, machine, taskClass);
      if (time >= this.shadow) continue;
      this.shadow = time;
      best = machine;
    }
    if (best === NONE) return;
    this.promised[best] = 1;
    this.releaseUntil(view, best, this.shadow);
    this.take(view, best, taskClass);
  }

  /** The first instant at which a task of this class fits the machine; Infinity when there is none. */
  private firstTime(view: SchedulingView, machine: MachineId, taskClass: number): Micros {
    const ends = this.endsOf(machine);
    this.copyFree(view, machine);
    for (let place = 0; place < ends.length; ) {
      const time = Math.max(ends.ends[place], view.now);
      if (time >= this.shadow) return Number.POSITIVE_INFINITY;
      place = this.release(view, machine, place, time);
      if (this.fits(view, machine, taskClass)) return time;
    }
    return Number.POSITIVE_INFINITY;
  }

  private promiseGang(view: SchedulingView, members: readonly TaskId[]): void {
    for (const time of this.instants(view)) {
      for (let machine = 0; machine < view.machines.count; machine++) {
        this.promised[machine] = 0;
        this.releaseUntil(view, machine, time);
      }
      if (!members.every((member) => this.promiseMember(view, member))) continue;
      this.shadow = time;
      return;
    }
    this.promised.fill(0);
  }

  private promiseMember(view: SchedulingView, member: TaskId): boolean {
    const taskClass = view.tasks.taskClass(member);
    for (let machine = 0; machine < view.machines.count; machine++) {
      if (!this.isPossible(view, machine, member) || !this.fits(view, machine, taskClass)) continue;
      this.promised[machine] = 1;
      this.take(view, machine, taskClass);
      return true;
    }
    return false;
  }

  /** The expected ends of tasks, in order. */
  private instants(view: SchedulingView): number[] {
    const times = new Set<number>();
    for (let machine = 0; machine < view.machines.count; machine++) {
      const ends = this.endsOf(machine);
      for (let place = 0; place < ends.length; place++) times.add(Math.max(ends.ends[place], view.now));
    }
    return [...times].filter(Number.isFinite).sort((a, b) => a - b);
  }

  /** Sets the machine's extra room to its free resources after all tasks that are expected to end by `time`. */
  private releaseUntil(view: SchedulingView, machine: MachineId, time: Micros): void {
    this.copyFree(view, machine);
    this.release(view, machine, 0, time);
  }

  /** Adds the demands of tasks that end by `time`, from this place on, to the extra room. Returns the first place that ends later. */
  private release(view: SchedulingView, machine: MachineId, from: number, time: Micros): number {
    const ends = this.endsOf(machine);
    let place = from;
    for (; place < ends.length && Math.max(ends.ends[place], view.now) <= time; place++) {
      this.move(view, machine, view.tasks.taskClass(ends.tasks[place]), 1);
    }
    return place;
  }

  private copyFree(view: SchedulingView, machine: MachineId): void {
    const row = machine * this.dimensions.length;
    for (const d of this.dimensions) this.extra[row + d] = view.machines.free(machine, d);
  }

  private fits(view: SchedulingView, machine: MachineId, taskClass: number): boolean {
    const row = machine * this.dimensions.length;
    for (const d of this.dimensions)
      if (this.extra[row + d] < view.machines.demand(taskClass, d)) return false;
    return true;
  }

  private take(view: SchedulingView, machine: MachineId, taskClass: number): void {
    this.move(view, machine, taskClass, -1);
  }

  /** Adds a class's demand to the extra room (sign 1), or subtracts it. */
  private move(view: SchedulingView, machine: MachineId, taskClass: number, sign: 1 | -1): void {
    const row = machine * this.dimensions.length;
    for (const d of this.dimensions) this.extra[row + d] += sign * view.machines.demand(taskClass, d);
  }

  private endsOf(machine: MachineId): ExpectedEnds {
    this.ends[machine] ??= new ExpectedEnds(machine);
    return this.ends[machine];
  }

  private isPossible(view: SchedulingView, machine: MachineId, task: TaskId): boolean {
    return isOpenTo(view, machine, task) && this.allowed(task, machine);
  }
}
