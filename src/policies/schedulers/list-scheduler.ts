import {
  type Micros,
  NONE,
  type PlacementSink,
  type Scheduler,
  type SchedulingView,
  type TaskId,
} from '../contract.js';
import type { Placement } from '../placement/placement.js';
import { EasyPass } from './easy-backfill.js';
import type { Reserved } from './head-reservation.js';
import { LocalityWait } from './locality-wait.js';
import { Preemption, type PriorityBands } from './preemption.js';
import { BlockedClasses } from './stamp-set.js';
import { isGang, MachineChoice, type PlacementFilter, Starter } from './starter.js';
import { type TaskOrder, type WaitingList, waitingList } from './waiting-list.js';

/** The parts a list scheduler is composed of. */
export interface ListSchedulerParts {
  readonly name: string;
  /** The order in which tasks are tried; queue order by default. */
  readonly order?: TaskOrder | undefined;
  readonly placement: Placement;
  readonly backfill: Backfill;
  /** Preempts running tasks of lower bands for a task that fits nowhere; no preemption by default. */
  readonly preemption?: PriorityBands | undefined;
  /** How long a preempted task may run on before it is stopped; 0 by default. */
  readonly grace?: Micros;
  /** How long a job waits for its preferred machines; 0 by default. */
  readonly localityWait?: Micros;
  readonly filters?: readonly PlacementFilter[];
}

/**
 * Which tasks may pass a task that fits nowhere. none: no task. any: all tasks that fit. easy: tasks that fit and do not delay
 * it, by the users' estimates. With easy, the tasks behind it are tried in the order `behind` (queue order by default), and
 * its reservation is made by `reserve` (lowest-rank by default).
 */
export type Backfill =
  | 'none'
  | 'any'
  | { readonly rule: 'easy'; readonly behind?: TaskOrder | undefined; readonly reserve?: Reserved };

/**
 * Goes through the waiting tasks in its order and starts those that fit. A gang starts as a whole or not at all.
 */
export function listScheduler(parts: ListSchedulerParts): Scheduler {
  const { name, placement, backfill, filters, localityWait = 0, grace = 0 } = parts;
  const list = waitingList(parts.order);
  const locality = localityWait > 0 ? new LocalityWait(localityWait) : undefined;
  const choice = new MachineChoice(placement, { ...(filters !== undefined && { filters }), locality });
  const preemption = parts.preemption === undefined ? undefined : new Preemption(parts.preemption, grace);
  const pass =
    typeof backfill === 'string'
      ? new PlainPass(new Starter(choice, preemption), list, backfill)
      : new EasyPass(choice, preemption, {
          list,
          behind: waitingList(backfill.behind),
          reserve: backfill.reserve,
        });
  return {
    name,
    ...(preemption !== undefined && { needs: ['preempt'] as const }),
    begin(view) {
      choice.begin(view);
      pass.restore(view);
    },
    schedule: (view, act) => pass.run(view, act),
  };
}

/** One pass over the list without reservations: a blocked task blocks all tasks behind it (none), or no task (any). */
class PlainPass {
  private readonly list: WaitingList;
  private readonly backfill: 'none' | 'any';
  private readonly starter: Starter;
  private readonly blocked = new BlockedClasses();
  /** A task started after a placement rule had blocked another one. */
  private isHeldUp = false;

  constructor(starter: Starter, list: WaitingList, backfill: 'none' | 'any') {
    this.list = list;
    this.backfill = backfill;
    this.starter = starter;
  }

  restore(view: SchedulingView): void {
    this.starter.restore(view);
  }

  run(view: SchedulingView, act: PlacementSink): void {
    const { starter } = this;
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
      if (blocked.has(view.tasks.taskClass(task), this.rank(view, task))) continue;
      if (starter.start(view, act, task)) {
        this.isHeldUp ||= hasRules;
        continue;
      }
      if (this.backfill === 'none' || starter.passFollows) return;
      hasRules ||= view.rules.mayForbid(task);
      if (isGang(view, task) || starter.choice.isNarrowed(view, task)) continue;
      // It waits for its claim. Others of its class may preempt too.
      if (view.tasks.state(task) === 'claiming') continue;
      blocked.add(view.tasks.taskClass(task), this.rank(view, task));
      if (starter.preemption === undefined && blocked.size >= view.queue.classCount) return;
    }
  }

  /** Tasks of one class differ only if their priority matters: with preemption. */
  private rank(view: SchedulingView, task: TaskId): number {
    return this.starter.preemption === undefined ? 0 : view.tasks.priority(task);
  }
}
