import { type MachineId, NONE, type PlacementSink, type SchedulingView, type TaskId } from '../contract.js';
import { MachineCandidates } from './machine-candidates.js';
import { SettledTasks } from './settled-tasks.js';
import { BlockedClasses, StampSet } from './stamp-set.js';
import { isGang, type Starter } from './starter.js';
import { isBefore, WaitingEntries } from './waiting-entries.js';
import type { TaskOrder } from './waiting-list.js';

/** No change of a machine has been seen: all machines may have changed. */
const NONE_SEEN = -1;

/**
 * What became of a task in a pass.
 *
 * - started.
 * - settled: no machine had room for it. It cannot start before a machine changes.
 * - unsettled: something else may be the reason, such as a rule or the other members of its gang. Each pass tries it again.
 */
type Outcome = 'started' | 'settled' | 'unsettled';

/**
 * A pass over a long queue in which every task may pass those that fit nowhere. It starts what a walk through all waiting tasks
 * would start, in the same order, but tries only tasks that are new, tasks that are not settled, and those that could fit on a
 * machine that has changed since the last pass.
 *
 * Not for placements whose answers depend on earlier questions, for filters that change with time, or for preemption.
 */
export class SettledPass {
  private readonly view: SchedulingView;
  private readonly starter: Starter;
  private readonly order: TaskOrder | undefined;
  private readonly settled: SettledTasks;
  private readonly candidates: MachineCandidates;
  /** Tasks that came since the last pass. */
  private readonly fresh = new WaitingEntries();
  /** Tasks to try in this pass because they are not settled, and those of the next pass or round. */
  private unsettled = new WaitingEntries();
  private unsettledNext = new WaitingEntries();
  /** Tasks that become settled in this pass. */
  private readonly settling = new WaitingEntries();
  private readonly blocked = new BlockedClasses();
  private readonly changed = new StampSet();
  /** `queuedAs` of the task that came last. */
  private latest = 0;
  /** Number of changes of machines that the settled tasks take into account. */
  private seen = NONE_SEEN;
  /** In this round, a placement rule may have blocked a task; then another task has started. */
  private hasRules = false;
  private isHeldUp = false;

  constructor(view: SchedulingView, starter: Starter, order: TaskOrder | undefined) {
    this.view = view;
    this.starter = starter;
    this.order = order;
    this.settled = new SettledTasks(view);
    this.candidates = new MachineCandidates(this.settled);
  }

  run(act: PlacementSink): void {
    const { starter } = this;
    this.takeIn();
    // As in a walk through all tasks, a task that a rule blocked may be allowed beside one that started since.
    do {
      const { refused } = starter;
      starter.begin();
      this.blocked.clear();
      this.hasRules = false;
      this.isHeldUp = false;
      if (!this.settled.isEmpty) this.lookAtChanges();
      this.goThrough(act);
      this.settle();
      // After a refusal, tasks may wait although a machine has room for them.
      if (starter.refused !== refused) this.seen = NONE_SEEN;
    } while (this.isHeldUp);
  }

  private takeIn(): void {
    const { fresh, latest, order, view } = this;
    const { queue, tasks } = view;
    let first = NONE;
    for (let task = queue.last; task !== NONE && tasks.queuedAs(task) > latest; task = queue.previous(task))
      first = task;
    for (let task = first; task !== NONE; task = queue.next(task))
      fresh.push(task, order === undefined ? 0 : order.key(view, task), tasks.queuedAs(task));
    if (queue.last !== NONE) this.latest = Math.max(latest, tasks.queuedAs(queue.last));
    if (order !== undefined) fresh.mergeFrom(0);
  }

  /** The tasks that found no room stand for all machines as they are now. */
  private settle(): void {
    const { settling } = this;
    this.fresh.clear();
    if (settling.length > 0) this.settled.add(settling);
    settling.clear();
    this.seen = this.view.machines.changes;
  }

  private lookAtChanges(): void {
    const { candidates, changed, seen } = this;
    const { machines } = this.view;
    const head = machines.changes;
    if (seen === head) return;
    if (machines.changedAt(seen) === NONE) {
      for (let machine = 0; machine < machines.count; machine++) candidates.add(machine);
      return;
    }
    changed.clear();
    for (let change = seen; change < head; change++) {
      const machine = machines.changedAt(change);
      if (changed.has(machine)) continue;
      changed.add(machine);
      candidates.add(machine);
    }
  }

  /** Tries the tasks of all three kinds in the order of the scheduler. */
  private goThrough(act: PlacementSink): void {
    const { candidates, fresh, unsettled } = this;
    let nextFresh = 0;
    let nextUnsettled = 0;
    for (;;) {
      const list = isFirstOf(unsettled, nextUnsettled, fresh, nextFresh) ? unsettled : fresh;
      const at = list === fresh ? nextFresh : nextUnsettled;
      if (candidates.machine !== NONE && this.isCandidateFirst(list, at)) {
        this.tryCandidate(act, candidates.machine);
        continue;
      }
      if (at === list.length) break;
      if (list === fresh) nextFresh++;
      else nextUnsettled++;
      this.tryEntry(act, list, at);
    }
    [this.unsettled, this.unsettledNext] = [this.unsettledNext, unsettled];
    this.unsettledNext.clear();
  }

  private isCandidateFirst(list: WaitingEntries, at: number): boolean {
    if (at === list.length) return true;
    const { run, index } = this.candidates.place;
    return isBefore(run.keys[index], run.joined[index], list.keys[at], list.joined[at]);
  }

  private tryEntry(act: PlacementSink, list: WaitingEntries, at: number): void {
    const task = list.tasks[at];
    const joined = list.joined[at];
    if (this.view.tasks.queuedAs(task) !== joined) return;
    const outcome = this.try(act, task);
    if (outcome === 'unsettled') this.unsettledNext.push(task, list.keys[at], joined);
    else if (outcome === 'settled') this.settling.push(task, list.keys[at], joined);
  }

  private tryCandidate(act: PlacementSink, machine: MachineId): void {
    const { candidates, view } = this;
    const { run, index } = candidates.place;
    const task = run.tasks[index];
    if (task !== NONE && view.tasks.queuedAs(task) !== run.joined[index]) run.remove(index);
    else if (task !== NONE) {
      const verdict = view.machines.whyNot(task, machine);
      if (verdict === 'machine-not-up' || verdict === 'not-offered') {
        candidates.drop();
        return;
      }
      if (verdict === 'done' || verdict === 'placement-rule') {
        const outcome = this.try(act, task);
        if (outcome === 'unsettled') this.unsettledNext.push(task, run.keys[index], run.joined[index]);
        if (outcome !== 'settled') run.remove(index);
      }
    }
    candidates.advance();
  }

  private try(act: PlacementSink, task: TaskId): Outcome {
    const { blocked, starter, view } = this;
    if (starter.isTried(view, task)) return 'unsettled';
    const taskClass = view.tasks.taskClass(task);
    if (!blocked.has(taskClass, 0)) {
      if (starter.start(view, act, task)) {
        this.isHeldUp ||= this.hasRules;
        return 'started';
      }
      this.hasRules ||= view.rules.mayForbid(task);
    }
    if (isGang(view, task) || starter.choice.isNarrowed(view, task)) return 'unsettled';
    blocked.add(taskClass, 0);
    return 'settled';
  }
}

/** Is entry `at` of the first list before entry `otherAt` of the other? The end of a list is behind all entries. */
function isFirstOf(list: WaitingEntries, at: number, other: WaitingEntries, otherAt: number): boolean {
  if (at === list.length) return false;
  if (otherAt === other.length) return true;
  return isBefore(list.keys[at], list.joined[at], other.keys[otherAt], other.joined[otherAt]);
}
