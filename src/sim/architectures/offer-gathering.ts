import {
  FOREVER,
  type FrameworkId,
  type JobId,
  type KeptMachines,
  type MachineId,
  type Micros,
  NONE,
} from '../../model/index.js';
import type { Allocator } from '../../policies/contract.js';
import type { AllocationHost } from '../../policies/hosting/allocation-host.js';
import { Gathering } from '../../policies/hosting/gathering.js';
import type { OfferTerms } from '../../policies/policy.js';
import type { Execution } from '../execution.js';
import { GatherTarget } from './gather-target.js';
import type { OfferHolder } from './offer-holder.js';

/** The first phase of a gathering, in intervals of batches. Without an interval, of one second, the usual interval in Mesos. */
const FIRST_PHASE = 10;
const USUAL_INTERVAL: Micros = 1_000_000;

/** The architecture of a gathering. */
export interface GatheringFrameworks {
  /** By framework; undefined for one that has had no task. */
  readonly holders: readonly (OfferHolder | undefined)[];
  /** All frameworks with waiting tasks, and perhaps others. */
  mayWant(): Iterable<FrameworkId>;
  readonly host: AllocationHost;
  wants(framework: FrameworkId): boolean;
  /** Takes an offer back that the framework holds. */
  takeBack(holder: OfferHolder, machine: MachineId, now: Micros): void;
  /** A batch is due at this time. */
  batchAt(time: Micros): void;
  /** The gathering is to be reviewed at this time: an allocation is due. */
  reviewAt(time: Micros): void;
  /** Every framework decides again. */
  wantNews(): void;
}

/** Gathering in the simulator: the wishes of frameworks, the offers that they lose, and the rule that keeps machines. */
export class OfferGathering {
  readonly turns: Gathering;
  private readonly execution: Execution;
  private readonly frameworks: GatheringFrameworks;
  /** Frameworks that keep every offer gather by themselves. A phase could not end in time. */
  private readonly isOff: boolean;
  private readonly kept: KeptMachines;
  /** Arrivals, ends and starts of tasks, and changes of machines so far. */
  private changes = 0;
  /** The time of the next scheduled review. */
  private reviewAt: Micros = Number.POSITIVE_INFINITY;
  /** The frameworks that have waiting gangs or a wish, by id. Others leave it when it is gone through. */
  private gangHolders: readonly OfferHolder[] = [];
  /** The machines of the present or the last target. */
  private gathered: readonly MachineId[] = [];

  constructor(
    execution: Execution,
    allocator: Allocator,
    { interval, hold }: OfferTerms,
    frameworks: GatheringFrameworks,
  ) {
    this.isOff = hold === FOREVER;
    this.execution = execution;
    this.frameworks = frameworks;
    const { tasks } = execution.cluster;
    const target = new GatherTarget(execution.cluster);
    const changes = () => this.changes;
    const mayUse = (framework: FrameworkId) =>
      allocator.mayOffer === undefined
        ? undefined
        : (machine: MachineId) => allocator.mayOffer?.(framework, machine) === true;
    this.turns = new Gathering(
      {
        target: (framework, job) => target.find(job, execution.now, mayUse(framework)),
        targetNow: (framework, job) => target.findNow(job, execution.now, mayUse(framework)),
        stands: (job, machines) => target.stands(job, machines),
        othersWant: (framework) => this.othersWant(framework),
        canAnswer: (framework) => frameworks.wants(framework),
        get changes() {
          return changes();
        },
      },
      FIRST_PHASE * (interval || USUAL_INTERVAL),
    );
    this.kept = {
      allows: (task, machine) =>
        this.turns.mayStart(tasks.job[task], machine, execution.now + tasks.timeLimit[task]),
    };
  }

  /** A task arrived, ended or started, or a machine changed. */
  changed(): void {
    this.changes++;
  }

  /** The framework got a task. */
  arrived(holder: OfferHolder): void {
    if (holder.queue.gangTasks === 0 || this.gangHolders.includes(holder)) return;
    this.gangHolders = [...this.gangHolders, holder].sort((a, b) => a.framework - b.framework);
  }

  /** The frameworks whose gangs still wait after the decisions of this instant gather for them. */
  gather(now: Micros): void {
    if (this.gangHolders.length === 0) return;
    let gathers = false;
    for (const holder of this.gangHolders) if (this.updateWish(holder, now) !== NONE) gathers = true;
    this.gangHolders = this.gangHolders.filter(
      ({ queue, framework }) => queue.gangTasks > 0 || this.turns.jobOf(framework) !== NONE,
    );
    if (gathers) this.review(now);
  }

  /** The review before an allocation. */
  beforeAllocation(now: Micros): void {
    if (this.gangHolders.some(({ queue }) => queue.gangTasks > 0)) this.review(now);
  }

  /** The framework decides. Its other tasks decide again on what is left of a target once its gang has started. */
  decide(holder: OfferHolder, now: Micros): void {
    holder.decide(now);
    const wasReleased = this.turns.isReleasedTo(holder.framework);
    this.updateWish(holder, now);
    if (wasReleased && !this.turns.isReleasedTo(holder.framework)) holder.decide(now);
  }

  /** The job for which the framework gathers now; NONE for none. */
  private updateWish(holder: OfferHolder, now: Micros): JobId {
    const { framework } = holder;
    const known = this.turns.jobOf(framework);
    const job = this.isOff ? NONE : holder.gangToGather(known, this.execution.cluster);
    if (job !== NONE) this.turns.wish(framework, job, now);
    else if (known !== NONE) this.turns.withdraw(framework);
    if (job !== known) this.keepMachines();
    return job;
  }

  /** The rule that keeps machines is in force only while there are any, because it costs all frameworks time. */
  private keepMachines(): void {
    const { rules } = this.execution.cluster;
    const { host } = this.frameworks;
    const kept = this.turns.keeps ? this.kept : undefined;
    if (rules.kept === kept) return;
    rules.kept = kept;
    if (kept !== undefined) return;
    // Frameworks may decide differently now on machines that were lent to them.
    for (const machine of this.gathered) host.dropFiltersOn(machine);
    this.gathered = [];
    host.changed();
    this.frameworks.wantNews();
  }

  /** Frameworks lose their offers of the machines of a new target, and of one that is released. */
  private review(now: Micros): void {
    const { frameworks } = this;
    const changed = this.turns.review(now);
    this.keepMachines();
    if (changed !== undefined) {
      const { framework, machines } = changed;
      this.gathered = [...machines];
      frameworks.host.dropFilters(framework);
      for (const holder of frameworks.holders)
        for (let i = (holder?.inHandCount ?? 0) - 1; holder !== undefined && i >= 0; i--)
          if (machines.has(holder.inHand[i])) frameworks.takeBack(holder, holder.inHand[i], now);
      frameworks.batchAt(now);
    }
    const next = this.turns.nextReview(now);
    if (next === this.reviewAt || !Number.isFinite(next) || next <= now) return;
    this.reviewAt = next;
    frameworks.reviewAt(next);
  }

  private othersWant(framework: FrameworkId): boolean {
    const { holders } = this.frameworks;
    for (const other of this.frameworks.mayWant())
      if (other !== framework && (holders[other]?.queue.length ?? 0) > 0) return true;
    return false;
  }
}
