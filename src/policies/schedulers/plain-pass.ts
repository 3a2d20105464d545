import { NONE, type TaskId } from '../../model/index.js';
import type { PlacementSink, SchedulingView } from '../contract.js';
import { BlockedClasses } from './blocked-classes.js';
import { isGang, type Starter } from './starter.js';
import type { WaitingList } from './waiting-list.js';

/** One pass over the list without reservations: what is blocked lets nobody pass (none), or everybody (any). */
export class PlainPass {
  private readonly list: WaitingList;
  private readonly backfill: 'none' | 'any';
  private readonly starter: Starter;
  private readonly blocked = new BlockedClasses();
  /** A task started after a rule had held another one up. */
  private isHeldUp = false;

  constructor(starter: Starter, list: WaitingList, backfill: 'none' | 'any') {
    this.list = list;
    this.backfill = backfill;
    this.starter = starter;
  }

  run(view: SchedulingView, act: PlacementSink): void {
    const { starter } = this;
    // Whoever was stopped waits again, and may fit elsewhere. Whom a rule held up may be allowed beside what started since.
    // Each further round starts something or stops only tasks of lower bands, so it ends.
    do {
      starter.begin();
      this.isHeldUp = false;
      this.goThrough(view, act);
    } while (starter.stopped > 0 || this.isHeldUp);
  }

  private goThrough(view: SchedulingView, act: PlacementSink): void {
    const { list, starter, blocked } = this;
    list.restart(view);
    blocked.clear();
    let hasRules = false;
    for (let task = list.next(); task !== NONE; task = list.next()) {
      if (starter.isTried(view, task)) continue;
      // While nothing ends, what had no room keeps having no room, and so has all of its class.
      if (blocked.has(view.tasks.taskClass[task], this.rank(view, task))) continue;
      if (starter.start(view, act, task)) {
        this.isHeldUp ||= hasRules;
        continue;
      }
      if (this.backfill === 'none') return;
      hasRules ||= view.rules.mayForbid(task);
      if (isGang(view, task) || starter.choice.isNarrowed(view, task)) continue;
      blocked.add(view.tasks.taskClass[task], this.rank(view, task));
      if (starter.preemption === undefined && blocked.size >= view.queue.classCount) return;
    }
  }

  /** Tasks of one class differ only where the more important may stop others. */
  private rank(view: SchedulingView, task: TaskId): number {
    return this.starter.preemption === undefined ? 0 : view.tasks.priority[task];
  }
}
