import { type MachineId, NONE, type TaskId } from '../../model/index.js';
import type { PlacementSink, SchedulingView } from '../contract.js';
import { HeadReservation } from './head-reservation.js';
import type { MachineChoice } from './machine-choice.js';
import type { Preemption } from './preemption.js';
import { StampSet } from './stamp-set.js';
import { isGang, Starter } from './starter.js';
import type { WaitingList } from './waiting-list.js';

/**
 * EASY backfilling: heads start while they fit; the first that does not gets a reservation, and what is behind it may start
 * where that delays nothing of the reservation (Lifka 1995; Mu'alem & Feitelson, TPDS 12 (6), 2001).
 *
 * With several machines the head is promised the machine on which it can start first; other machines are free for all.
 */
export class EasyPass {
  private readonly choice: MachineChoice;
  private readonly list: WaitingList;
  private readonly behind: WaitingList;
  private readonly starter: Starter;
  private readonly blocked = new StampSet();
  private readonly reservation = new HeadReservation();

  /** `list` gives the heads, `behind` the order in which those behind a blocked head are tried. */
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
      // Whoever was stopped for a head waits again, and may fit elsewhere.
      if (this.starter.stopped > 0) continue;
      isDone = head === NONE || view.queue.length < 2 || !this.backfillBehind(view, act, head);
    }
  }

  /** Returns whether the head may be allowed, by its rules, beside what has started. */
  private backfillBehind(view: SchedulingView, act: PlacementSink, head: TaskId): boolean {
    const before = view.queue.length;
    this.reservation.find(view, head, (task, machine) => this.choice.allows(view, task, machine));
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
      if (task === head || isGang(view, task) || blocked.has(view.tasks.taskClass[task])) continue;
      const machine = this.choice.choose(view, act, task);
      if (machine !== NONE) this.startIfAllowed(view, act, task, machine);
      else if (!this.choice.isNarrowed(view, task)) blocked.add(view.tasks.taskClass[task]);
    }
  }

  private startIfAllowed(view: SchedulingView, act: PlacementSink, task: TaskId, chosen: MachineId): void {
    if (this.reservation.allows(view, task, chosen)) {
      this.starter.startOn(view, act, task, chosen);
      return;
    }
    // The chosen machine is promised to the head: any other that fits will do.
    const { machines } = view;
    const taskClass = view.tasks.taskClass[task];
    let other = machines.firstFit(taskClass);
    const isAllowed = (machine: MachineId) =>
      this.reservation.allows(view, task, machine) && this.choice.allows(view, task, machine);
    while (other !== NONE && !isAllowed(other)) other = machines.firstFit(taskClass, other + 1);
    if (other !== NONE) this.starter.startOn(view, act, task, other);
  }
}
