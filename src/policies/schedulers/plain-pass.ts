import { FOREVER, NONE, type PlacementSink, type SchedulingView, type TaskId } from '../contract.js';
import { SettledPass } from './settled-pass.js';
import { BlockedClasses } from './stamp-set.js';
import { isGang, type Starter } from './starter.js';
import { type TaskOrder, type WaitingList, waitingList } from './waiting-list.js';

/** How a scheduler without reservations goes through its queue. */
export interface PlainTerms {
  readonly order: TaskOrder | undefined;
  /** none: a task that fits nowhere blocks all tasks behind it. any: it blocks none. */
  readonly backfill: 'none' | 'any';
  /** After this many unsuccessful tries in one pass, the next passes skip settled tasks. FOREVER for never. */
  readonly settlesFrom: number;
}

/** One pass over the list without reservations: a blocked task blocks all tasks behind it (none), or no task (any). */
export class PlainPass {
  private readonly terms: PlainTerms;
  private readonly list: WaitingList;
  private readonly starter: Starter;
  private readonly blocked = new BlockedClasses();
  /** Used while the queue is long. */
  private settled: SettledPass | undefined;
  /** A task started after a placement rule had blocked another one. */
  private isHeldUp = false;
  /** Single tasks that were tried or passed over in vain. */
  private tried = 0;
  private passedOver = 0;
  /** The head of the queue that found no room, its `queuedAs`, and the changes of machines until then; NONE if nothing is known. */
  private blockedHead: TaskId = NONE;
  private blockedAs = 0;
  private blockedAt = 0;

  constructor(starter: Starter, terms: PlainTerms) {
    this.terms = terms;
    this.list = waitingList(terms.order);
    this.starter = starter;
  }

  restore(view: SchedulingView): void {
    this.settled = undefined;
    this.blockedHead = NONE;
    this.starter.restore(view);
  }

  run(view: SchedulingView, act: PlacementSink): void {
    const { settlesFrom } = this.terms;
    if (this.settled !== undefined && view.queue.length < settlesFrom / 4) this.settled = undefined;
    if (this.settled !== undefined) {
      this.settled.run(act);
      return;
    }
    if (this.isStillBlocked(view)) {
      act.explain?.stopsAt(view.tasks.job(this.blockedHead));
      return;
    }
    this.walk(view, act);
    if (this.tried + this.passedOver / PASSED_PER_TRY >= settlesFrom)
      this.settled = new SettledPass(view, this.starter, this.terms.order);
  }

  /** Is the head the same, and no machine another, since it found no room? Then the pass starts nothing. */
  private isStillBlocked({ machines, queue, tasks }: SchedulingView): boolean {
    const head = this.blockedHead;
    return (
      head !== NONE &&
      head === queue.first &&
      machines.changes === this.blockedAt &&
      tasks.queuedAs(head) === this.blockedAs
    );
  }

  /** A task blocks all behind it. Notes it, if it found no room and so finds none until a machine changes. */
  private blocks(view: SchedulingView, task: TaskId): void {
    const { order, settlesFrom } = this.terms;
    if (order !== undefined || settlesFrom === FOREVER || task !== view.queue.first) return;
    if (isGang(view, task) || this.starter.choice.isNarrowed(view, task)) return;
    if (view.tasks.state(task) === 'claiming') return;
    this.blockedHead = task;
    this.blockedAs = view.tasks.queuedAs(task);
    this.blockedAt = view.machines.changes;
  }

  private walk(view: SchedulingView, act: PlacementSink): void {
    const { starter } = this;
    this.tried = 0;
    this.passedOver = 0;
    // A task that a rule blocked may be allowed beside a task that started since. Each further round starts a task, so the
    // loop ends.
    do {
      starter.begin();
      this.isHeldUp = false;
      this.goThrough(view, act);
    } while (!starter.passFollows && this.isHeldUp);
  }

  private goThrough(view: SchedulingView, act: PlacementSink): void {
    const { list, starter, blocked } = this;
    list.restart(view);
    blocked.clear();
    let hasRules = false;
    for (let task = list.next(); task !== NONE; task = list.next()) {
      if (starter.isTried(view, task)) continue;
      // Until a task ends, a class that found no room still finds none.
      if (blocked.has(view.tasks.taskClass(task), this.rank(view, task))) {
        this.passedOver++;
        continue;
      }
      if (starter.start(view, act, task)) {
        this.isHeldUp ||= hasRules;
        continue;
      }
      if (this.terms.backfill === 'none') this.blocks(view, task);
      if (this.terms.backfill === 'none') act.explain?.stopsAt(view.tasks.job(task));
      if (this.terms.backfill === 'none' || starter.passFollows) return;
      hasRules ||= view.rules.mayForbid(task);
      if (isGang(view, task) || starter.choice.isNarrowed(view, task)) continue;
      // It waits for its claim. Others of its class may preempt too.
      if (view.tasks.state(task) === 'claiming') continue;
      this.tried++;
      blocked.add(view.tasks.taskClass(task), this.rank(view, task));
      if (starter.preemption === undefined && blocked.size >= view.queue.classCount) return;
    }
  }

  /** Tasks of one class differ only if their priority matters: with preemption. */
  private rank(view: SchedulingView, task: TaskId): number {
    return this.starter.preemption === undefined ? 0 : view.tasks.priority(task);
  }
}

/** Passing a task over costs about this part of a try. */
const PASSED_PER_TRY = 16;
