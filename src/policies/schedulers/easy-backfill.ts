import {
  type DeviceMask,
  FOREVER,
  type MachineId,
  NONE,
  type PlacementSink,
  type SchedulingView,
  type TaskId,
} from '../contract.js';
import type { Answer, GangSearch } from '../planner/search.js';
import { ClassPlaces } from './class-places.js';
import { searchByChoice } from './gang-placement.js';
import { HeadReservation, type Reserved } from './head-reservation.js';
import { MostFree } from './most-free.js';
import type { Preemption } from './preemption.js';
import { StampSet } from './stamp-set.js';
import { isGang, type MachineChoice, Starter } from './starter.js';
import type { WaitingList } from './waiting-list.js';

interface EasyTerms {
  /** Gives the heads. */
  readonly list: WaitingList;
  /** The order in which the jobs behind a blocked head are tried. */
  readonly behind: WaitingList;
  readonly reserve: Reserved | undefined;
}

/**
 * EASY backfilling: heads start while they fit. The first head that does not fit gets a reservation: a time, machines and
 * devices. A job behind it, a task or a gang, may start now if it stands now and, unless it ends before that time, beside the
 * head (Lifka 1995; Mu'alem & Feitelson, TPDS 12 (6), 2001).
 *
 * The head's reservation moves later only if a machine leaves or a task runs longer than its estimate. Where the head's time is
 * unknown, for lack of estimates, jobs behind it use only what it leaves free on its machines.
 */
export class EasyPass {
  private readonly choice: MachineChoice;
  private readonly list: WaitingList;
  private readonly behind: WaitingList;
  private readonly starter: Starter;
  private readonly blocked = new StampSet();
  private readonly tried = new StampSet();
  /** Classes of which tasks that would outlast the head's time have no room beside the head. */
  private readonly tooLong = new StampSet();
  private readonly mostFree = new MostFree();
  private readonly reservation: HeadReservation;
  private readonly placesBeside = this.placesIn('beside');
  private readonly placesAnywhere = this.placesIn('anywhere');
  /** Has a job started since the reservation was found that ends before the head starts? */
  private isOutdated = false;
  private search: GangSearch | undefined;
  private act: PlacementSink | undefined;

  constructor(
    choice: MachineChoice,
    preemption: Preemption | undefined,
    { list, behind, reserve }: EasyTerms,
  ) {
    this.choice = choice;
    this.list = list;
    this.behind = behind;
    this.reservation = new HeadReservation(reserve);
    this.starter = new Starter(choice, preemption, (view, task, machine) => {
      this.isOutdated ||= !this.reservation.outlasts(view.now, view.tasks.estimate(task));
      this.reservation.started(view, task, machine);
    });
  }

  restore(view: SchedulingView): void {
    this.starter.restore(view);
  }

  run(view: SchedulingView, act: PlacementSink): void {
    this.act = act;
    this.reservation.room.needs.begin();
    let isDone = false;
    while (!isDone) {
      this.starter.begin();
      this.reservation.suspend();
      const head = this.startHeads(view, act);
      if (this.starter.passFollows) return;
      isDone = head === NONE || view.queue.length < 2 || !this.backfillBehind(view, act, head);
    }
  }

  /** Returns whether a started task may have changed what the head's rules allow. */
  private backfillBehind(view: SchedulingView, act: PlacementSink, head: TaskId): boolean {
    const before = view.queue.length;
    // A head with a claim has its room: nothing that is free delays it. The reservation stays suspended.
    if (view.tasks.state(head) !== 'claiming') {
      this.reserve(view, head);
    }
    this.backfill(view, act, head);
    return view.queue.length < before && view.rules.mayForbid(head);
  }

  private reserve(view: SchedulingView, head: TaskId): void {
    const members = isGang(view, head) ? this.starter.waiting.of(view, head).members : [head];
    this.reservation.find(view, members, this.choice.timedFilter(view), () => this.searchIn(view));
    this.isOutdated = false;
    const { shadow } = this.reservation;
    if (this.reservation.members.length > 0 && shadow < FOREVER)
      this.act?.explain?.waits(view.tasks.job(head), 'plan', NONE, shadow);
  }

  /**
   * Moves the head's reservation to machines that jobs use which started in this pass and end before the head starts. So a
   * longer job can have the room of now that these left. Returns false if that cannot leave more room.
   */
  private moveReservation(view: SchedulingView, head: TaskId): boolean {
    if (!this.isOutdated || !this.reservation.isMovable) return false;
    this.reservation.suspend();
    this.reserve(view, head);
    this.placesBeside.clear();
    this.tooLong.clear();
    return true;
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
    const { blocked, behind, tried } = this;
    behind.restart(view);
    blocked.clear();
    tried.clear();
    this.placesBeside.clear();
    this.placesAnywhere.clear();
    this.tooLong.clear();
    // Claims give room that is not free, and a placement that draws is asked for each task.
    const isPlain = this.starter.preemption === undefined && !this.choice.draws;
    if (isPlain) this.mostFree.update(view);
    for (let task = behind.next(); task !== NONE; task = behind.next()) {
      // Until a task ends, a class that found no room still finds none.
      if (isPlain && blocked.size >= view.queue.classCount) return;
      const taskClass = view.tasks.taskClass(task);
      if (task === head || blocked.has(taskClass)) continue;
      if (isGang(view, task)) {
        const job = view.tasks.job(task);
        if (tried.has(job) || job === view.tasks.job(head)) continue;
        tried.add(job);
        this.startGang(view, act, task, head);
        continue;
      }
      const isNarrowed = this.choice.isNarrowed(view, task);
      const isKnown = isPlain && !isNarrowed;
      if (isKnown && !this.mostFree.mayHold(view, taskClass)) {
        blocked.add(taskClass);
        continue;
      }
      if (isKnown && this.isTooLong(view, task)) {
        this.saysReserved(view, act, task, head);
        continue;
      }
      const machine = this.choice.choose(view, act, task);
      if (machine === NONE) {
        if (!isNarrowed) blocked.add(taskClass);
        continue;
      }
      if (this.startIfAllowed(view, act, task, machine)) continue;
      const isMoved = this.moveReservation(view, head);
      if (isMoved && this.startIfAllowed(view, act, task, machine)) continue;
      if (!isMoved && isKnown && !this.mayConflict(view, task)) this.tooLong.add(taskClass);
      this.saysReserved(view, act, task, head);
    }
  }

  /** The task has room now, and would delay the head. */
  private saysReserved({ tasks }: SchedulingView, act: PlacementSink, task: TaskId, head: TaskId): void {
    act.explain?.waits(tasks.job(task), 'reservation', tasks.job(head), this.reservation.shadow);
  }

  /** Did a task of its class find no machine beside the head that would outlast the head's time as well? */
  private isTooLong(view: SchedulingView, task: TaskId): boolean {
    const { tooLong, reservation } = this;
    return (
      tooLong.has(view.tasks.taskClass(task)) &&
      reservation.outlasts(view.now, view.tasks.estimate(task)) &&
      !(this.isOutdated && reservation.isMovable) &&
      !this.mayConflict(view, task)
    );
  }

  /** Returns whether a machine has room for the task beside the head. */
  private startIfAllowed(view: SchedulingView, act: PlacementSink, task: TaskId, chosen: MachineId): boolean {
    const devices = this.devicesBeside(view, task, chosen);
    if (devices !== NONE) {
      this.starter.startOn(view, act, task, chosen, devices);
      return true;
    }
    // The chosen machine is reserved for the head: take the first other machine that fits.
    const { machines } = view;
    for (let other = machines.firstFit(task); other !== NONE; other = machines.firstFit(task, other + 1)) {
      const mask = this.devicesBeside(view, task, other);
      if (mask === NONE || !this.choice.allows(view, task, other)) continue;
      this.starter.startOn(view, act, task, other, mask);
      return true;
    }
    return false;
  }

  /** The devices with which the task can start on the machine without delaying the head; undefined for any. NONE if it cannot. */
  private devicesBeside(
    view: SchedulingView,
    task: TaskId,
    machine: MachineId,
  ): DeviceMask | undefined | typeof NONE {
    const { reservation } = this;
    const length = view.tasks.estimate(task);
    if (!reservation.outlasts(view.now, length)) return undefined;
    if (this.mayConflict(view, task) && !reservation.allowsBeside(view, task, machine)) return NONE;
    if (!reservation.concerns(view.now, machine, length)) return undefined;
    const { room } = reservation;
    const need = room.needs.of(view, view.tasks.taskClass(task));
    if (!room.fits(machine, need)) return NONE;
    if (need.devices === 0) return undefined;
    return room.devicesBoth(view, machine, need, this.choice.devices(task, machine) ?? 0);
  }

  /** Could a rule of the head, or of the task's job, forbid that they share a machine? */
  private mayConflict({ rules }: SchedulingView, task: TaskId): boolean {
    return rules.mayForbid(task) || this.reservation.members.some((member) => rules.mayForbid(member));
  }

  /** Starts a gang if it stands now, beside the head if it outlasts the head's time. */
  private startGang(view: SchedulingView, act: PlacementSink, first: TaskId, head: TaskId): void {
    const { reservation, choice } = this;
    const job = view.tasks.job(first);
    const gang = this.starter.waiting.of(view, first);
    const isLong = reservation.outlasts(view.now, gang.length);
    // Necessary, and cheaper than the search.
    const places = isLong ? this.placesBeside : this.placesAnywhere;
    const hasPlaces = () =>
      choice.isBounded(view, first)
        ? places.mayHold(view, gang.kinds)
        : !places.isKnownToLack(view, gang.kinds);
    if (!hasPlaces() && !(isLong && this.moveReservation(view, head) && hasPlaces())) {
      this.explainGang(view, act, first, head);
      return;
    }
    view.whatIf.reset('now');
    if (isLong) reservation.keepRoom(view, this.mayConflict(view, first));
    const answer = this.standsNow(view, first);
    if (answer.answer === 'yes') this.starter.startPlaced(view, act, job, answer.placing);
    else this.explainGang(view, act, first, head);
  }

  /** Where the gang could stand now in the room as it would be. */
  private standsNow(view: SchedulingView, first: TaskId): Answer {
    const filter = this.choice.timedFilter(view);
    const { members } = this.starter.waiting.of(view, first);
    return this.searchIn(view).place(view.tasks.job(first), members, (machine, task) =>
      filter.allows(task, machine, view.now),
    );
  }

  /** Says that the gang would delay the head, if it has room without it. Only a user's question is worth this search. */
  private explainGang(view: SchedulingView, act: PlacementSink, first: TaskId, head: TaskId): void {
    const { length } = this.starter.waiting.of(view, first);
    const isAsked = act.explain?.follows(view.tasks.job(first)) === true;
    // A placement that draws must not be asked once more.
    if (!isAsked || this.choice.draws || !this.reservation.outlasts(view.now, length)) return;
    view.whatIf.reset('now');
    if (this.standsNow(view, first).answer === 'yes') this.saysReserved(view, act, first, head);
  }

  /** `reach`: beside the head, or anywhere for a job that ends before the head starts. */
  private placesIn(reach: 'beside' | 'anywhere'): ClassPlaces {
    return new ClassPlaces((view, machine, taskClass, most) => {
      const need = this.reservation.room.needs.of(view, taskClass);
      return this.reservation.slotsNow(view, machine, need, most, reach === 'beside');
    });
  }

  private searchIn(view: SchedulingView): GangSearch {
    this.search ??= searchByChoice(view, this.choice, () => this.act as PlacementSink);
    return this.search;
  }
}
