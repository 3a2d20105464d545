import { type Micros, NONE, type TaskId } from '../../model/index.js';
import type { PlacementSink, Scheduler, SchedulingView } from '../contract.js';
import type { Placement } from '../placement/placement.js';
import { EasyPass } from './easy-backfill.js';
import { Preemption, type PriorityBands } from './preemption.js';
import { BlockedClasses } from './stamp-set.js';
import { isGang, LocalityWait, MachineChoice, type PlacementFilter, Starter } from './starter.js';
import { type TaskOrder, type WaitingList, waitingList } from './waiting-list.js';

/** The parts a list scheduler is composed of. */
export interface ListSchedulerParts {
  readonly name: string;
  /** The order in which tasks are tried; that of the queue when left out. */
  readonly order?: TaskOrder | undefined;
  readonly placement: Placement;
  readonly backfill: Backfill;
  /** Stops running tasks of lower bands for a task that fits nowhere; stops nobody when left out. */
  readonly preemption?: PriorityBands | undefined;
  /** How long a job waits for the machines that it prefers; not at all when left out. */
  readonly localityWait?: Micros;
  readonly filters?: readonly PlacementFilter[];
}

/**
 * What happens when a task fits nowhere. none: nobody passes it. any: whoever fits passes it. easy: whoever fits passes it
 * unless that would delay it, going by the users' estimates; those behind it are tried in `behind` (that of the queue when
 * left out).
 */
export type Backfill = 'none' | 'any' | { readonly rule: 'easy'; readonly behind?: TaskOrder | undefined };

/**
 * Goes through the waiting tasks, in its order, and starts what fits. A gang counts as one: it starts whole or is blocked.
 */
export function listScheduler(parts: ListSchedulerParts): Scheduler {
  const { name, placement, backfill, filters, localityWait = 0 } = parts;
  const list = waitingList(parts.order);
  const locality = localityWait > 0 ? new LocalityWait(localityWait) : undefined;
  const choice = new MachineChoice(placement, { ...(filters !== undefined && { filters }), locality });
  const preemption = parts.preemption === undefined ? undefined : new Preemption(parts.preemption);
  const pass =
    typeof backfill === 'string'
      ? new PlainPass(new Starter(choice, preemption), list, backfill)
      : new EasyPass(choice, preemption, list, waitingList(backfill.behind));
  return { name, schedule: (view, act) => pass.run(view, act) };
}

/** One pass over the list without reservations: what is blocked lets nobody pass (none), or everybody (any). */
class PlainPass {
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
