import {
  type FrameworkId,
  type MachineId,
  type Micros,
  type OfferEnd,
  OfferFilters,
  type TaskId,
} from '../../model/index.js';
import type {
  Allocator,
  FrameworkFacts,
  OfferVerdict,
  Portion,
  Random,
  Scheduler,
  Verdict,
} from '../../policies/contract.js';
import { type AllocationColumns, HostedAllocator } from '../../policies/hosting/allocation-view.js';
import { SpaceView } from '../../policies/hosting/space-view.js';
import type { OfferTerms } from '../../policies/policy.js';
import { type DecisionTimes, decisionTime, decisionTimeFor } from '../decision-time.js';
import { EventClass } from '../event-queue.js';
import { type Execution, WAKE_UP } from '../execution.js';
import type { Architecture } from './architecture.js';
import { CandidateMachines, OfferHolder, type OfferHost } from './offer-holder.js';

/** Dependencies of the architecture. */
export interface TwoLevelSetup {
  readonly allocator: Allocator;
  /** Makes the level-two scheduler of one framework. */
  readonly scheduler: (framework: FrameworkId) => Scheduler;
  readonly terms: OfferTerms;
  readonly decisionTimes: DecisionTimes;
  readonly random: Random;
}

/**
 * Subjects of this architecture's events. 0: a batch is due. 2f + 1: framework f has decided. 2f + 2: framework f
 * checks the age of its offers.
 */
const BATCH_DUE = 0;

/** Slot of the gang backoff when batches have no interval: one second, the usual interval in Mesos. */
const SHORTEST_SLOT: Micros = 1_000_000;

/**
 * Mesos-style offers. An allocator offers free machines to frameworks. The scheduler of each framework starts tasks on
 * its offers and declines the rest (Hindman et al., NSDI 2011).
 *
 * An allocation runs at once when a framework with an empty queue gets a task (it revives, which removes its filters).
 * After returned resources or an expired filter, it runs at the next multiple of the interval. Batches that cannot
 * change anything are skipped, so idle time costs nothing.
 */
export class TwoLevel implements Architecture, OfferHost {
  private readonly execution: Execution;
  private readonly parts: TwoLevelSetup;
  private readonly holders: (OfferHolder | undefined)[] = [];
  private readonly filters: OfferFilters;
  private readonly candidates: CandidateMachines;
  private readonly allocator: HostedAllocator;
  private frameworks: readonly FrameworkFacts[] = [];
  private roundWanted = false;
  private batchAt: Micros = Number.POSITIVE_INFINITY;

  constructor(execution: Execution, parts: TwoLevelSetup) {
    const { cluster } = execution;
    this.execution = execution;
    this.parts = parts;
    this.filters = new OfferFilters(cluster.space.size);
    this.candidates = new CandidateMachines(cluster.free);
    this.allocator = new HostedAllocator(parts.allocator, {
      space: new SpaceView(cluster),
      random: parts.random,
      // Simulated machines have plain resources, and simulated frameworks can use all of them.
      parcels: undefined,
      traits: undefined,
      wants: (framework) => this.wants(framework),
      offer: (framework, machine, portion) => this.offer(framework, machine, portion),
      columns: () => this.columns(),
    });
  }

  private columns(): AllocationColumns {
    const { cluster } = this.execution;
    return {
      frameworks: this.frameworkFacts(),
      candidates: this.candidates.ids,
      candidateCount: this.candidates.count,
      free: cluster.free.free,
      total: cluster.total,
      allocated: cluster.frameworkAllocated,
      offered: cluster.offered.byFramework,
      offersMade: cluster.offered.made,
    };
  }

  /** A frozen copy, replaced when a framework arrives. */
  private frameworkFacts(): readonly FrameworkFacts[] {
    const { frameworks } = this.execution.cluster;
    if (this.frameworks.length !== frameworks.length)
      this.frameworks = Object.freeze(frameworks.map((spec) => Object.freeze({ ...spec })));
    return this.frameworks;
  }

  // Events of tasks and machines

  taskArrived(task: TaskId): void {
    const holder = this.holderOf(this.execution.cluster.tasks.framework[task]);
    if (holder.queue.length === 0) {
      this.filters.drop(holder.framework);
      this.roundWanted = true;
    }
    holder.queue.add(task);
    holder.hasNews = true;
    this.execution.passWanted = true;
  }

  taskRequeued(task: TaskId): void {
    this.taskArrived(task);
  }

  taskLeaves(task: TaskId): void {
    const holder = this.holderOf(this.execution.cluster.tasks.framework[task]);
    holder.queue.remove(task);
    // Tasks behind it may fit the offers of the framework.
    holder.hasNews = true;
    this.execution.passWanted = true;
  }

  taskStopped(framework: FrameworkId, _machine: MachineId, now: Micros): void {
    this.holderOf(framework).ended++;
    // A placement rule that blocked a task on the current offers may no longer block it.
    if (this.execution.cluster.rules.areInUse) this.wantNews();
    this.wantBatch(now);
  }

  private wantNews(): void {
    for (const holder of this.holders) if (holder !== undefined) holder.hasNews = true;
    this.execution.passWanted = true;
  }

  machineReturned(_machine: MachineId, now: Micros): void {
    this.wantBatch(now);
  }

  machineLeaves(machine: MachineId, now: Micros): void {
    for (const holder of this.holders) {
      if (holder?.has(machine) === true) this.takeBack(holder, machine, 'rescinded', now);
    }
  }

  // Rounds and decisions

  pass(now: Micros): void {
    if (this.roundWanted) this.allocate(now);
    for (const holder of this.holders) {
      if (holder?.hasNews && !holder.isDeciding) this.consider(holder, now);
    }
  }

  due(subject: number, now: Micros): void {
    if (subject === WAKE_UP) {
      for (const holder of this.holders) if (holder !== undefined) holder.hasNews = true;
    } else if (subject === BATCH_DUE) {
      this.batchAt = Number.POSITIVE_INFINITY;
      this.roundWanted = true;
    } else {
      const holder = this.holderOf((subject - 1) >> 1);
      if ((subject & 1) === 0) this.reviewOffers(holder, now);
      else this.decide(holder, now);
    }
    this.execution.passWanted = true;
  }

  private allocate(now: Micros): void {
    this.roundWanted = false;
    this.candidates.update();
    this.allocator.allocate(now);
    this.wantBatchAtExpiry(now);
  }

  private offer(framework: FrameworkId, machine: MachineId, portion?: Portion): OfferVerdict {
    const { cluster, now, observer } = this.execution;
    if (cluster.frameworks[framework] === undefined) return 'unknown-framework';
    if (!(machine >= 0 && machine < cluster.machines.count)) return 'unknown-machine';
    if (!cluster.machines.isUp(machine)) return 'machine-not-up';
    if (cluster.free.isEmpty(machine)) return 'nothing-free';
    const part = portion?.amounts;
    if (part !== undefined && !cluster.hasFree(machine, part)) return 'not-free';
    if (this.filters.blocks(framework, machine, cluster.free, now, part)) return 'filtered';
    cluster.offer(framework, machine, part);
    this.holderOf(framework).take(machine, now);
    observer.offerMade(framework, machine, now);
    return 'done';
  }

  /** A framework decides on its queue and offers after its decision time. */
  private consider(holder: OfferHolder, now: Micros): void {
    holder.hasNews = false;
    if (holder.inHandCount === 0) return;
    const { name } = this.execution.cluster.frameworks[holder.framework];
    const times = decisionTimeFor(this.parts.decisionTimes, name);
    const delay = decisionTime(times, holder.queue.jobCount, holder.queue.length);
    if (delay === 0) {
      this.answer(holder, now);
      return;
    }
    holder.isDeciding = true;
    holder.decisionTime = delay;
    this.execution.schedule(now + delay, EventClass.decision, 2 * holder.framework + 1);
    this.watch(holder, now);
  }

  private decide(holder: OfferHolder, now: Micros): void {
    holder.isDeciding = false;
    this.execution.observer.decided(holder.framework, holder.decisionTime, now);
    this.answer(holder, now);
    // The framework had no demand during its decision, so resources freed in that time may have no batch scheduled.
    if (holder.queue.length > 0) this.wantBatch(now);
  }

  private answer(holder: OfferHolder, now: Micros): void {
    const before = holder.queue.length;
    if (before > 0) holder.decide(now);
    const naps = holder.queue.length === before && this.shouldNap(holder);
    for (let i = holder.inHandCount - 1; i >= 0; i--) {
      const machine = holder.inHand[i];
      if (holder.table.isEmpty(machine)) this.takeBack(holder, machine, 'accepted', now);
      else if (holder.heldFor(machine, now) >= this.parts.terms.hold)
        this.decline(holder, machine, naps ? 0 : this.parts.terms.refuse, now);
    }
    if (naps && holder.inHandCount === 0) this.beginNap(holder, now);
    this.watch(holder, now);
  }

  /** Whether to suppress offers: a gang of this framework waits, and so does another framework. They could block each other. */
  private shouldNap(holder: OfferHolder): boolean {
    if (holder.queue.gangTasks === 0) return false;
    return this.holders.some(
      (other) => other !== undefined && other !== holder && this.wants(other.framework),
    );
  }

  private beginNap(holder: OfferHolder, now: Micros): void {
    const interval = Math.max(this.parts.terms.interval, SHORTEST_SLOT);
    holder.backoff.begin(interval, this.parts.random, now);
    this.filters.drop(holder.framework);
    this.execution.schedule(
      Math.ceil(holder.backoff.until / interval) * interval,
      EventClass.decision,
      BATCH_DUE,
    );
  }

  // Ends of offers

  declineNow(holder: OfferHolder, machine: MachineId, refuseFor: Micros): Verdict {
    this.decline(holder, machine, refuseFor, this.execution.now);
    return 'done';
  }

  /** A refusal of exactly 0 sets no filter (Mesos: refuse_seconds 0). */
  private decline(holder: OfferHolder, machine: MachineId, refuseFor: Micros, now: Micros): void {
    if (refuseFor > 0) {
      const expiry = now + Math.max(refuseFor, this.parts.terms.interval);
      this.filters.refuse(holder.framework, machine, holder.table, expiry);
    }
    this.takeBack(holder, machine, holder.hasUsed(machine) ? 'accepted' : 'declined', now);
  }

  private takeBack(holder: OfferHolder, machine: MachineId, end: OfferEnd, now: Micros): void {
    const { cluster, observer } = this.execution;
    const isUsedUp = holder.table.isEmpty(machine);
    cluster.returnOffer(holder.framework, machine);
    observer.offerEnded(holder.framework, machine, end, holder.heldFor(machine, now), now);
    holder.drop(machine);
    if (!isUsedUp) this.wantBatch(now);
  }

  /** Declines offers after the hold time and rescinds offers after the timeout. */
  private reviewOffers(holder: OfferHolder, now: Micros): void {
    if (now < holder.reviewAt) return;
    holder.reviewAt = Number.POSITIVE_INFINITY;
    const { hold, timeout, refuse } = this.parts.terms;
    for (let i = holder.inHandCount - 1; i >= 0; i--) {
      const machine = holder.inHand[i];
      const held = holder.heldFor(machine, now);
      if (held >= timeout) this.takeBack(holder, machine, 'rescinded', now);
      else if (held >= hold && !holder.isDeciding) this.decline(holder, machine, refuse, now);
    }
    this.watch(holder, now);
  }

  /** Schedules the next check for when an offer reaches the hold time or the timeout. Only one check is scheduled at a time. */
  private watch(holder: OfferHolder, now: Micros): void {
    const { hold, timeout } = this.parts.terms;
    let next = Number.POSITIVE_INFINITY;
    for (let i = 0; i < holder.inHandCount; i++) {
      const held = holder.heldFor(holder.inHand[i], now);
      if (held < hold) next = Math.min(next, now + hold - held);
      if (held < timeout) next = Math.min(next, now + timeout - held);
    }
    if (next >= holder.reviewAt) return;
    holder.reviewAt = next;
    this.execution.schedule(next, EventClass.decision, 2 * holder.framework + 2);
  }

  // Schedule of batches

  private wantBatch(now: Micros): void {
    const { interval } = this.parts.terms;
    if (interval === 0) {
      this.roundWanted = true;
      this.execution.passWanted = true;
      return;
    }
    this.wantBatchAt((Math.floor(now / interval) + 1) * interval);
  }

  private wantBatchAtExpiry(now: Micros): void {
    const interval = Math.max(1, this.parts.terms.interval);
    let expiry = Number.POSITIVE_INFINITY;
    for (const holder of this.holders) {
      if (holder !== undefined && this.wants(holder.framework)) {
        expiry = Math.min(expiry, this.filters.nextExpiry(holder.framework, now));
      }
    }
    if (Number.isFinite(expiry)) this.wantBatchAt(Math.ceil(expiry / interval) * interval);
  }

  /** Schedules no batch if no framework wants offers. The next arrival starts its own round. */
  private wantBatchAt(time: Micros): void {
    if (
      time >= this.batchAt ||
      !this.holders.some((holder) => holder !== undefined && this.wants(holder.framework))
    )
      return;
    this.batchAt = time;
    this.execution.schedule(time, EventClass.decision, BATCH_DUE);
  }

  private wants(framework: FrameworkId): boolean {
    const holder = this.holders[framework];
    return (
      holder !== undefined &&
      holder.queue.length > 0 &&
      !holder.isDeciding &&
      this.execution.now >= holder.backoff.until
    );
  }

  private holderOf(framework: FrameworkId): OfferHolder {
    const known = this.holders[framework];
    if (known !== undefined) return known;
    const holder = new OfferHolder(
      framework,
      this.execution,
      this.parts.scheduler(framework),
      this.parts.random,
      this,
    );
    this.holders[framework] = holder;
    return holder;
  }
}
