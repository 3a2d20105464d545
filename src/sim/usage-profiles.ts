import { type FrameworkId, type Micros, NONE, type TaskId } from '../model/index.js';
import type { UsageProfile } from '../workloads/trace.js';
import { EventHeap } from './event-heap.js';

/** Usage over time of a task, and its place in the current attempt. */
export class ProfiledUsage {
  /** The current step. */
  step = 0;
  framework: FrameworkId = NONE;
  /** Order number of its entry among the next steps; NaN without one. */
  order = Number.NaN;
  private readonly profile: UsageProfile;
  /** The demand that the shares of the profile refer to, quanta per dimension. */
  private readonly demand: ArrayLike<number>;
  /** Work of the task at its submission; FOREVER for endless work. */
  private readonly work: Micros;
  /** Upper bound of the usage, quanta per dimension. */
  private readonly most: ArrayLike<number> | undefined;
  private began: Micros = 0;
  private end: Micros = 0;
  private pace = 1;
  private skipped: Micros = 0;

  constructor(profile: UsageProfile, demand: ArrayLike<number>, work: Micros, most?: ArrayLike<number>) {
    this.profile = profile;
    this.demand = demand;
    this.work = work;
    this.most = most;
  }

  /** The same profile for a new task, with usage of at most `most` per dimension. */
  atMost(most: ArrayLike<number>): ProfiledUsage {
    return new ProfiledUsage(this.profile, this.demand, this.work, most);
  }

  /** Usage in a step, in quanta; NaN if it is unknown. */
  amount(step: number, dimension: number): number {
    const asked = this.demand[dimension];
    const used = usedAmount(this.profile.shares[step * this.demand.length + dimension], asked);
    return this.most === undefined ? used : Math.min(used, this.most[dimension]);
  }

  /** An attempt begins. */
  begin({ framework, began, end, remaining, pace }: ProfiledAttempt): void {
    this.framework = framework;
    this.began = began;
    this.end = end;
    this.pace = pace;
    this.skipped = Number.isFinite(this.work) ? this.work - remaining : 0;
    this.step = this.stepAt(began);
  }

  /** The step at a time of the current attempt. */
  stepAt(time: Micros): number {
    let low = 0;
    let high = this.profile.offsets.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.beginOf(middle) <= time) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** When the step after the current one begins; Infinity if the attempt ends before. */
  nextBegin(): Micros {
    if (this.step + 1 === this.profile.offsets.length) return Number.POSITIVE_INFINITY;
    const next = this.beginOf(this.step + 1);
    return next < this.end ? next : Number.POSITIVE_INFINITY;
  }

  private beginOf(step: number): Micros {
    return this.began + Math.round((this.profile.offsets[step] - this.skipped) * this.pace);
  }
}

/** Usage in quanta from a share of the demand; NaN if it is unknown. Of a resource that a task does not request, it uses nothing. */
export function usedAmount(share: number, demand: number): number {
  return demand === 0 ? 0 : share * demand;
}

/** An attempt of a task whose usage changes over time. */
export interface ProfiledAttempt {
  readonly framework: FrameworkId;
  readonly began: Micros;
  /** When it ends if it is not stopped. */
  readonly end: Micros;
  /** The work that checkpoints of earlier attempts do not keep. */
  readonly remaining: Micros;
  /** Time that a unit of work takes. */
  readonly pace: number;
}

/** The next steps of running tasks whose usage changes over time. */
export class NextSteps {
  private readonly heap = new EventHeap();
  private readonly profiles: ReadonlyMap<TaskId, ProfiledUsage>;
  private sequence = 0;

  constructor(profiles: ReadonlyMap<TaskId, ProfiledUsage>) {
    this.profiles = profiles;
  }

  /** Adds the next step of the task, if there is one. */
  add(task: TaskId, profiled: ProfiledUsage): void {
    const next = profiled.nextBegin();
    profiled.order = Number.isFinite(next) ? this.sequence++ : Number.NaN;
    if (Number.isFinite(next)) this.heap.add(next, profiled.order, task);
  }

  /** Time of the earliest step; Infinity if there is none. */
  time(): Micros {
    const { heap } = this;
    // Entries of attempts that have stopped stay until they are the earliest.
    while (heap.size > 0 && this.profiles.get(heap.subjects[0])?.order !== heap.orders[0]) heap.drop();
    return heap.size === 0 ? Number.POSITIVE_INFINITY : heap.times[0];
  }

  /** Takes the task with the earliest step. There must be one. */
  take(): TaskId {
    const task = this.heap.subjects[0];
    this.heap.drop();
    return task;
  }
}
