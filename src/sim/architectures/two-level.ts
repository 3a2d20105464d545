import {
  type FrameworkId,
  type JobId,
  type MachineId,
  type Micros,
  NONE,
  type OfferEnd,
  type TaskId,
} from '../../model/index.js';
import type { Allocator, Random, Scheduler, Verdict } from '../../policies/contract.js';
import { AllocationHost } from '../../policies/hosting/allocation-host.js';
import type { OfferTerms, RoleGuarantee, RoleLimit } from '../../policies/policy.js';
import { type DecisionTimes, decisionTime, decisionTimeFor } from '../decision-time.js';
import { EventClass } from '../event-queue.js';
import { type Execution, WAKE_UP } from '../execution.js';
import type { Architecture, Outlook, UseBounds } from './architecture.js';
import { ClusterOffers } from './cluster-offers.js';
import { OfferGathering } from './offer-gathering.js';
import { OfferHolder, type OfferHost } from './offer-holder.js';
import { mayRepeat, RepeatedRounds } from './repeated-rounds.js';

/** Dependencies of the architecture. */
export interface TwoLevelSetup {
  readonly allocator: Allocator;
  /** Makes the level-two scheduler of one framework. */
  readonly scheduler: (framework: FrameworkId) => Scheduler;
  readonly terms: OfferTerms;
  readonly limits?: readonly RoleLimit[];
  readonly guarantees?: readonly RoleGuarantee[];
  readonly decisionTimes: DecisionTimes;
  readonly random: Random;
}

/**
 * Subjects of this architecture's events. 0: a batch is due. 1: the timeout of an offer ends. 2f + 2: framework f has
 * decided. 2f + 3: framework f has held offers for its hold time.
 */
const [BATCH_DUE, OFFER_EXPIRES] = [0, 1];

/**
 * Mesos-style offers. An allocator offers free machines to frameworks. The scheduler of each framework starts tasks on
 * its offers and declines the rest (Hindman et al., NSDI 2011).
 *
 * An allocation runs at once when a framework with an empty queue gets a task (it revives, which removes its filters).
 * After returned resources or an expired filter, it runs at the next multiple of the interval. Batches that cannot
 * change anything are skipped, so idle time costs nothing.
 */
export class TwoLevel implements Architecture, OfferHost {
  readonly bounds: UseBounds | undefined;
  private readonly execution: Execution;
  private readonly parts: TwoLevelSetup;
  private readonly holders: (OfferHolder | undefined)[] = [];
  /** All frameworks with waiting tasks. Others stay in it until the next allocation. */
  private readonly waiting = new Set<FrameworkId>();
  private readonly offers: ClusterOffers;
  private readonly host: AllocationHost;
  private readonly gathering: OfferGathering;
  private roundWanted = false;
  /** Left out if rounds never repeat, or an observer needs each of them. */
  private repeats: RepeatedRounds | undefined;

  constructor(execution: Execution, parts: TwoLevelSetup) {
    this.bounds = boundsOf(parts);
    this.execution = execution;
    this.parts = parts;
    this.offers = new ClusterOffers(execution, {
      wants: (framework) => this.wants(framework),
      mayWant: () => this.waiting,
      rescind: (framework, machine, now) =>
        this.takeBack(this.holderOf(framework), machine, 'rescinded', now),
      rescindAll: (framework, machine, now) => {
        const holder = this.holders[framework];
        if (holder?.has(machine) === true) this.takeBack(holder, machine, 'rescinded', now);
      },
      taken: (framework, machine, now) => {
        const holder = this.holderOf(framework);
        if (!holder.has(machine)) holder.take(machine, now, this.host.opened(framework, machine));
        else {
          holder.takeMore();
          this.host.enlarged(holder.offerOf(machine), framework, machine);
        }
      },
    });
    const host = () => this.host;
    this.gathering = new OfferGathering(execution, parts.allocator, parts.terms, {
      holders: this.holders,
      mayWant: () => this.waiting,
      get host() {
        return host();
      },
      wants: (framework) => this.wants(framework),
      takeBack: (holder, machine, now) => this.takeBack(holder, machine, 'rescinded', now),
      batchAt: (time) => this.batchAt(time),
      reviewAt: (time) => this.scheduleBatch(time),
      wantNews: () => this.wantNews(),
    });
    this.host = new AllocationHost({
      gathering: this.gathering.turns,
      allocator: parts.allocator,
      ledger: this.offers,
      clock: {
        get now() {
          return execution.now;
        },
        batchAt: (time) => this.batchAt(time),
        expiryAt: (time) => execution.schedule(time, EventClass.decision, OFFER_EXPIRES),
      },
      random: parts.random,
      interval: parts.terms.interval,
      timeout: parts.terms.timeout,
    });
  }

  beginRun(outlook: Outlook): void {
    const { execution, host, parts } = this;
    if (mayRepeat(parts, execution)) this.repeats = new RepeatedRounds(execution, outlook, host, parts.terms);
  }

  // Events of tasks and machines

  taskArrived(task: TaskId): void {
    const holder = this.holderOf(this.execution.cluster.tasks.framework[task]);
    if (holder.queue.length === 0) {
      this.host.dropFilters(holder.framework);
      this.roundWanted = true;
    }
    holder.queue.add(task);
    this.waiting.add(holder.framework);
    holder.hasNews = true;
    this.gathering.arrived(holder);
    this.gathering.changed();
    this.execution.passWanted = true;
  }

  taskRequeued(task: TaskId): void {
    this.taskArrived(task);
  }

  claimChanged(job: JobId): void {
    const framework = this.execution.cluster.jobs.framework[job];
    if (framework === NONE) return;
    this.holderOf(framework).hasNews = true;
    this.host.changed();
  }

  taskLeaves(task: TaskId): void {
    const holder = this.holderOf(this.execution.cluster.tasks.framework[task]);
    holder.queue.remove(task);
    this.gathering.changed();
    // Tasks behind it may fit the offers of the framework.
    holder.hasNews = true;
    this.execution.passWanted = true;
  }

  taskStopped(framework: FrameworkId): void {
    const holder = this.holderOf(framework);
    holder.ended++;
    this.gathering.changed();
    this.hearOfStop(holder);
    this.host.changed();
  }

  /** A placement rule that blocked a task on the current offers may no longer block it. */
  private hearOfStop(holder: OfferHolder): void {
    const { rules } = this.execution.cluster;
    if (!rules.areInUse) return;
    if (rules.mayFreeOthers) this.wantNews();
    else {
      holder.hasNews = true;
      this.execution.passWanted = true;
    }
  }

  private wantNews(): void {
    for (const holder of this.holders) if (holder !== undefined) holder.hasNews = true;
    this.execution.passWanted = true;
  }

  machineReturned(): void {
    this.gathering.changed();
    this.host.changed();
  }

  keeperOf(machine: MachineId): JobId {
    return this.gathering.turns.targetOf(machine);
  }

  machineLeaves(machine: MachineId, now: Micros): void {
    this.gathering.changed();
    this.gathering.turns.machineLeaves(machine);
    for (const holder of this.holders) {
      if (holder?.has(machine) === true) this.takeBack(holder, machine, 'rescinded', now);
    }
  }

  // Rounds and decisions

  pass(): void {
    if (this.roundWanted) this.allocate();
    // It may be later than before the allocation.
    const { now } = this.execution;
    for (const holder of this.holders) {
      if (holder?.hasNews && !holder.isDeciding) this.consider(holder, now);
    }
    this.gathering.gather(now);
    this.repeats?.passEnded();
  }

  due(subject: number, now: Micros): void {
    if (subject === WAKE_UP) {
      for (const holder of this.holders) if (holder !== undefined) holder.hasNews = true;
    } else if (subject === BATCH_DUE) {
      this.repeats?.batchReached();
      this.host.batchReached();
      this.roundWanted = true;
    } else if (subject === OFFER_EXPIRES) this.host.expire();
    else {
      const holder = this.holderOf((subject - 2) >> 1);
      if ((subject & 1) === 1) this.reviewOffers(holder, now);
      else this.decide(holder, now);
    }
    this.execution.passWanted = true;
  }

  private allocate(): void {
    this.roundWanted = false;
    for (const framework of this.waiting)
      if (this.holders[framework]?.queue.length === 0) this.waiting.delete(framework);
    if (this.repeats !== undefined && this.waiting.size === 1) {
      const [framework] = this.waiting;
      this.repeats.leaveOut(this.holderOf(framework as FrameworkId));
    }
    this.offers.update();
    this.gathering.beforeAllocation(this.execution.now);
    // All events of an instant are one allocation here, so that a filter never outlasts its time (docs/adr/0009).
    this.host.allocate('event');
    this.execution.explainer?.allocated();
    this.host.watchFilters();
  }

  /** A framework decides on its queue and offers after its decision time. */
  private consider(holder: OfferHolder, now: Micros): void {
    holder.hasNews = false;
    // Its claims may be full.
    if (holder.inHandCount === 0 && this.execution.cluster.claims.size === 0) return;
    const { name } = this.execution.cluster.frameworks[holder.framework];
    const times = decisionTimeFor(this.parts.decisionTimes, name);
    const delay = decisionTime(times, holder.queue.jobCount, holder.queue.length);
    if (delay === 0) {
      this.answer(holder, now);
      return;
    }
    holder.isDeciding = true;
    holder.decisionTime = delay;
    this.execution.schedule(now + delay, EventClass.decision, 2 * holder.framework + 2);
    this.watch(holder, now);
  }

  private decide(holder: OfferHolder, now: Micros): void {
    holder.isDeciding = false;
    this.execution.observer.decided(holder.framework, holder.decisionTime, now);
    this.answer(holder, now);
    // The framework had no demand during its decision, so resources freed in that time may have no batch scheduled.
    if (holder.queue.length > 0) this.host.changed();
  }

  private answer(holder: OfferHolder, now: Micros): void {
    const before = holder.queue.length;
    if (before > 0) this.gathering.decide(holder, now);
    if (holder.queue.length < before) this.gathering.changed();
    const { hold, refuse } = this.parts.terms;
    let hasFreed = false;
    for (let i = holder.inHandCount - 1; i >= 0; i--) {
      const machine = holder.inHand[i];
      if (holder.table.isEmpty(machine)) this.endOffer(holder, machine, 'accepted', now);
      else if (holder.heldFor(machine, now) >= hold) {
        this.refuse(holder, machine, refuse, now);
        hasFreed = true;
      }
    }
    // Once for all of them: nothing else happens in between, and there may be one for each machine.
    if (hasFreed) this.host.changed();
    this.gathering.turns.answered(holder.framework, now);
    this.watch(holder, now);
  }

  // Ends of offers

  declineNow(holder: OfferHolder, machine: MachineId, refuseFor: Micros): Verdict {
    this.decline(holder, machine, refuseFor, this.execution.now);
    return 'done';
  }

  private decline(holder: OfferHolder, machine: MachineId, refuseFor: Micros, now: Micros): void {
    const isUsedUp = holder.table.isEmpty(machine);
    this.refuse(holder, machine, refuseFor, now);
    if (!isUsedUp) this.host.changed();
  }

  private refuse(holder: OfferHolder, machine: MachineId, refuseFor: Micros, now: Micros): void {
    const { framework, table } = holder;
    this.host.refuse(framework, machine, this.offers.resourcesOf(table, machine), refuseFor);
    this.endOffer(holder, machine, holder.hasUsed(machine) ? 'accepted' : 'declined', now);
  }

  private takeBack(holder: OfferHolder, machine: MachineId, end: OfferEnd, now: Micros): void {
    const isUsedUp = holder.table.isEmpty(machine);
    this.endOffer(holder, machine, end, now);
    if (!isUsedUp) this.host.changed();
  }

  private endOffer(holder: OfferHolder, machine: MachineId, end: OfferEnd, now: Micros): void {
    const { cluster, observer } = this.execution;
    cluster.returnOffer(holder.framework, machine);
    observer.offerEnded(holder.framework, machine, end, holder.heldFor(machine, now), now);
    this.host.closed(holder.offerOf(machine));
    holder.drop(machine);
  }

  /** The framework declines what it has held for its hold time. */
  private reviewOffers(holder: OfferHolder, now: Micros): void {
    if (now < holder.reviewAt) return;
    holder.reviewAt = Number.POSITIVE_INFINITY;
    const { hold, refuse } = this.parts.terms;
    for (let i = holder.inHandCount - 1; i >= 0; i--) {
      const machine = holder.inHand[i];
      if (holder.heldFor(machine, now) >= hold && !holder.isDeciding)
        this.decline(holder, machine, refuse, now);
    }
    this.watch(holder, now);
  }

  /** Schedules the next check for when an offer reaches the hold time. Only one check is scheduled at a time. */
  private watch(holder: OfferHolder, now: Micros): void {
    const { hold } = this.parts.terms;
    let next = Number.POSITIVE_INFINITY;
    for (let i = 0; i < holder.inHandCount; i++) {
      const held = holder.heldFor(holder.inHand[i], now);
      if (held < hold) next = Math.min(next, now + hold - held);
    }
    if (next >= holder.reviewAt) return;
    holder.reviewAt = next;
    this.execution.schedule(next, EventClass.decision, 2 * holder.framework + 3);
  }

  private batchAt(time: Micros): void {
    if (time > this.execution.now) {
      this.scheduleBatch(time);
      return;
    }
    this.roundWanted = true;
    this.execution.passWanted = true;
  }

  private scheduleBatch(time: Micros): void {
    this.repeats?.batchScheduled();
    this.execution.schedule(time, EventClass.decision, BATCH_DUE);
  }

  private wants(framework: FrameworkId): boolean {
    const holder = this.holders[framework];
    return holder !== undefined && holder.queue.length > 0 && !holder.isDeciding;
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

/** Undefined if every framework may use everything. */
function boundsOf({ allocator, limits = [], guarantees = [] }: TwoLevelSetup): UseBounds | undefined {
  const mayUse = allocator.mayOffer?.bind(allocator);
  if (mayUse === undefined && limits.length + guarantees.length === 0) return undefined;
  return { mayUse, limits, guarantees };
}
