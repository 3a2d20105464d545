import { FOREVER, type MachineId, NONE, type TaskId } from '../../model/index.js';
import type { PlacementSink, SchedulingView } from '../contract.js';
import type { Placement } from '../placement/placement.js';
import type { LocalityWait } from './locality-wait.js';
import type { MachineLimit } from './machine-limit.js';

/** What narrows the choice of a placement. */
export interface ChoiceTerms {
  readonly limits?: readonly MachineLimit[];
  readonly locality?: LocalityWait | undefined;
}

/**
 * Which machine a task gets: the choice of its placement, among the machines that the rules of jobs and the limits of the
 * policy leave. A task that prefers some machines gets one of these when it can, and waits for them a while when it may.
 */
export class MachineChoice {
  readonly placement: Placement;
  private readonly limits: readonly MachineLimit[];
  private readonly locality: LocalityWait | undefined;

  constructor(placement: Placement, { limits = [], locality }: ChoiceTerms = {}) {
    this.placement = placement;
    this.limits = limits;
    this.locality = locality;
  }

  /** The machine for the task, or NONE. Tasks that no more than time keeps waiting are called again then. */
  choose(view: SchedulingView, act: PlacementSink, task: TaskId): MachineId {
    if (!this.isNarrowed(view, task)) return this.placement.choose(view, task);
    const any = this.among(view, task, (machine) => this.allows(view, task, machine));
    if (any === NONE) {
      this.callAgain(view, act, task);
      return NONE;
    }
    if (view.rules.prefers(task, any)) return any;
    const preferred = this.among(
      view,
      task,
      (machine) => view.rules.prefers(task, machine) && this.allows(view, task, machine),
    );
    if (preferred !== NONE || this.locality === undefined) return preferred === NONE ? any : preferred;
    const until = this.locality.until(view, view.tasks.job[task]);
    if (until <= view.now) return any;
    act.reserve(task, until);
    return NONE;
  }

  /** Is the task kept from machines, or drawn to some, by more than what it demands? Others of its class may then do better. */
  isNarrowed(view: SchedulingView, task: TaskId): boolean {
    return this.limits.length > 0 || view.rules.mayForbid(task) || view.rules.hasPreference(task);
  }

  /** Do the rules and limits leave this machine to the task? Says nothing of room. */
  allows(view: SchedulingView, task: TaskId, machine: MachineId): boolean {
    if (!view.rules.allows(task, machine)) return false;
    return this.limits.every((limit) => limit.allows(view, task, machine));
  }

  /** The task has started there. */
  started(view: SchedulingView, task: TaskId, machine: MachineId): void {
    if (this.locality === undefined || !view.rules.hasPreference(task)) return;
    if (view.rules.prefers(task, machine)) this.locality.startedLocally(view.tasks.job[task]);
  }

  private among(view: SchedulingView, task: TaskId, filter: (machine: MachineId) => boolean): MachineId {
    return view.machines.among(filter, () => this.placement.choose(view, task));
  }

  private callAgain(view: SchedulingView, act: PlacementSink, task: TaskId): void {
    let next = FOREVER;
    for (const limit of this.limits) next = Math.min(next, limit.changesAt(view.now));
    if (next < FOREVER) act.reserve(task, next);
  }
}
