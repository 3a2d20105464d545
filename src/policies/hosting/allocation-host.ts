import {
  type AllocationCause,
  type FilterCopy,
  FOREVER,
  type FrameworkId,
  isMicros,
  type MachineId,
  type MachineResources,
  type Micros,
  NONE,
  OfferFilters,
} from '../../model/index.js';
import type { Allocator, OfferVerdict, Portion, Random, Verdict } from '../contract.js';
import { type AllocatorLedger, HostedAllocator } from './allocation-view.js';
import type { Gathering } from './gathering.js';
import { type OfferNumber, OpenOffers } from './open-offers.js';
import type { PolicyMemory } from './policy-memory.js';

/** The ledger of a host: it says what can be offered, and books offers. */
export interface OfferLedger extends AllocatorLedger {
  /** Why nothing of this machine can be offered to the framework; undefined when something can. */
  refusal(framework: FrameworkId, machine: MachineId): OfferVerdict | undefined;
  /**
   * The contents of an offer: the portion, or everything free that the framework may have. Valid until the next call. It is
   * checked here, because an allocator may come from a file.
   */
  contents(
    framework: FrameworkId,
    machine: MachineId,
    portion: Portion | undefined,
  ): MachineResources | 'nothing-free' | 'not-free';
  /** The framework now has an offer of these resources. */
  book(framework: FrameworkId, machine: MachineId, contents: MachineResources, portion?: Portion): void;
  /** All frameworks that may want offers. Some of them may not. */
  mayWant(): Iterable<FrameworkId>;
  /** Takes back an open offer after its timeout. It then calls `closed`. */
  rescind(framework: FrameworkId, machine: MachineId, offer: OfferNumber): void;
  /** Takes back all offers of the machine that the framework has, as the allocator asked. */
  rescindAll(framework: FrameworkId, machine: MachineId): void;
}

/** The clock of a host: simulated time, or the time of a master. */
export interface AllocationClock {
  readonly now: Micros;
  /**
   * A batch is due at this time: `batchReached` and `allocate`. The current time means: as soon as the current changes are
   * complete. A master that runs a batch at every interval may ignore later times: its next batch is soon enough.
   */
  batchAt(time: Micros): void;
  /** The time of an offer ends then: `expire` is due. Each call replaces the former one. */
  expiryAt(time: Micros): void;
}

/** Dependencies of a host. */
export interface AllocationHostParts {
  readonly allocator: Allocator;
  readonly ledger: OfferLedger;
  readonly clock: AllocationClock;
  readonly random: Random;
  /** Time between batches. With 0, every change that frees resources causes an allocation. */
  readonly interval: Micros;
  /** An offer is rescinded after this time; FOREVER for never. */
  readonly timeout: Micros;
  /** What the allocator remembers; empty by default. */
  readonly memory?: PolicyMemory;
  /** Machines that are kept for gangs. Left out on a host that does not gather. */
  readonly gathering?: Gathering;
}

/**
 * The host of an allocator: it calls the allocator, checks and books its offers, keeps the filters of refused offers and the
 * frameworks that suppress offers, rescinds offers after their timeout, and knows when the next batch is due. The simulator drives it with simulated time, a master with the time of day.
 */
export class AllocationHost {
  private readonly parts: AllocationHostParts;
  private readonly filters: OfferFilters;
  private readonly open: OpenOffers;
  /** The time at which a suppressed framework wants offers again. */
  private readonly suppressed = new Map<FrameworkId, Micros>();
  private readonly allocator: HostedAllocator;
  private cause: AllocationCause = 'event';
  /** The time of the current or the last allocation. */
  private allocatedAt: Micros = Number.NEGATIVE_INFINITY;
  /** The time of the next batch that the clock was asked for; Infinity for none. */
  private dueAt: Micros = Number.POSITIVE_INFINITY;
  /** Ends of offers that have not reached their framework yet, by framework and machine. */
  private readonly ends = new Map<string, Micros>();
  /** What the allocator asked for in the present call: offers to take back, and the next call; Infinity for none. */
  private rescissions: (readonly [FrameworkId, MachineId])[] = [];
  private wakesAt: Micros = Number.POSITIVE_INFINITY;
  /** The time of the next expiry that the clock was asked for; Infinity for none. */
  private expiresAt: Micros = Number.POSITIVE_INFINITY;

  constructor(parts: AllocationHostParts) {
    const { allocator, ledger, random, interval, timeout, memory } = parts;
    this.parts = parts;
    this.filters = new OfferFilters(ledger.space.dimensions.length, interval);
    this.open = new OpenOffers(timeout);
    this.allocator = new HostedAllocator({
      allocator,
      ledger,
      random,
      ...(memory !== undefined && { memory }),
      ...(parts.gathering !== undefined && {
        gatherer: (machine) => parts.gathering?.gatherer(machine, parts.clock.now) ?? NONE,
      }),
      wants: (framework) => this.wants(framework),
      offer: (framework, machine, portion, until) => this.offer(framework, machine, portion, until),
      rescind: (framework, machine) => this.rescind(framework, machine),
      wakeAt: (time) => this.wakeAt(time),
    });
  }

  /** Calls the allocator. */
  allocate(cause: AllocationCause): void {
    const { now } = this.parts.clock;
    this.cause = cause;
    this.allocatedAt = now;
    this.wakesAt = Number.POSITIVE_INFINITY;
    try {
      this.allocator.allocate(now);
    } finally {
      this.finishCall();
    }
  }

  /** Offers are taken back after the call, as in a master, where their resources are free when it has taken them back. */
  private finishCall(): void {
    const { clock, ledger } = this.parts;
    const { rescissions } = this;
    this.rescissions = [];
    for (const [framework, machine] of rescissions) ledger.rescindAll(framework, machine);
    if (Number.isFinite(this.wakesAt)) clock.batchAt(this.wakesAt);
  }

  private rescind(framework: FrameworkId, machine: MachineId): OfferVerdict {
    const refusal = this.parts.ledger.refusal(framework, machine);
    if (refusal === 'unknown-framework' || refusal === 'unknown-machine') return refusal;
    this.rescissions.push([framework, machine]);
    return 'done';
  }

  private wakeAt(time: Micros): Verdict {
    if (!isMicros(time) || time <= this.parts.clock.now) return 'in-the-past';
    this.wakesAt = Math.min(this.wakesAt, time);
    return 'done';
  }

  private offer(
    framework: FrameworkId,
    machine: MachineId,
    portion: Portion | undefined,
    until: Micros,
  ): OfferVerdict {
    const { ledger } = this.parts;
    const refusal = ledger.refusal(framework, machine);
    if (refusal !== undefined) return refusal;
    if (!isMicros(until) || until <= this.allocatedAt) return 'in-the-past';
    if (this.isSuppressed(framework)) return 'not-wanted';
    if (this.parts.gathering?.keepsFrom(framework, machine, this.allocatedAt) === true) return 'gathered';
    const contents = ledger.contents(framework, machine, portion);
    if (typeof contents === 'string') return contents;
    if (this.filters.blocks(framework, machine, contents, this.allocatedAt, this.cause)) return 'filtered';
    if (until !== FOREVER) {
      const key = `${framework}/${machine}`;
      this.ends.set(key, Math.min(until, this.ends.get(key) ?? FOREVER));
    }
    ledger.book(framework, machine, contents, portion);
    return 'done';
  }

  // Open offers

  /** An offer has reached its framework. Its timeout begins. */
  opened(framework: FrameworkId, machine: MachineId): OfferNumber {
    const offer = this.open.open(framework, machine, this.parts.clock.now);
    this.enlarged(offer, framework, machine);
    return offer;
  }

  /** More was offered on a machine, as part of an open offer. All of it ends at the earliest of the ends. */
  enlarged(offer: OfferNumber, framework: FrameworkId, machine: MachineId): void {
    if (this.ends.size > 0) {
      const key = `${framework}/${machine}`;
      const until = this.ends.get(key);
      if (until !== undefined) this.open.endBy(offer, framework, machine, until);
      this.ends.delete(key);
    }
    this.watchNextEnd();
  }

  /** The offer was answered or rescinded. */
  closed(offer: OfferNumber): void {
    this.open.close(offer);
  }

  /** Rescinds the offers whose time has ended. The clock calls it at the time of `expiryAt`. */
  expire(): void {
    const { clock, ledger } = this.parts;
    this.expiresAt = Number.POSITIVE_INFINITY;
    for (;;) {
      const offer = this.open.nextToEnd;
      if (offer === NONE || this.open.endsAt(offer) > clock.now) break;
      ledger.rescind(this.open.frameworkOf(offer), this.open.machineOf(offer), offer);
    }
    this.watchNextEnd();
  }

  private watchNextEnd(): void {
    const offer = this.open.nextToEnd;
    if (offer === NONE) return;
    const end = this.open.endsAt(offer);
    // An earlier call is enough: it asks again.
    if (end >= this.expiresAt) return;
    this.expiresAt = end;
    this.parts.clock.expiryAt(end);
  }

  // Suppression

  /** The framework wants no offers before this time; with FOREVER, until it revives. */
  suppress(framework: FrameworkId, until: Micros = FOREVER): void {
    this.suppressed.set(framework, until);
  }

  /** Suppression ends. Filters stay. */
  unsuppress(framework: FrameworkId): void {
    this.suppressed.delete(framework);
  }

  /** The framework wants offers again, of every machine. */
  revive(framework: FrameworkId): void {
    this.unsuppress(framework);
    this.dropFilters(framework);
  }

  /** Has the framework tasks to place, a connection, and not suppressed offers? */
  wants(framework: FrameworkId): boolean {
    return this.parts.ledger.wants(framework) && !this.isSuppressed(framework);
  }

  anyWants(): boolean {
    for (const framework of this.parts.ledger.mayWant()) if (this.wants(framework)) return true;
    return false;
  }

  private isSuppressed(framework: FrameworkId): boolean {
    if (this.suppressed.size === 0) return false;
    return this.parts.clock.now < (this.suppressed.get(framework) ?? Number.NEGATIVE_INFINITY);
  }

  // Filters

  /** The framework declines these resources and refuses them for this time. A time of 0 sets no filter. */
  refuse(framework: FrameworkId, machine: MachineId, refused: MachineResources, refuseFor: Micros): void {
    this.filters.refuse(framework, machine, refused, refuseFor, this.parts.clock.now);
  }

  /** Removes the filters of a framework that got its first task, left, or lost its connection. */
  dropFilters(framework: FrameworkId): void {
    this.filters.dropFramework(framework);
  }

  /** Removes the filters on a machine that left, or whose attributes changed. */
  dropFiltersOn(machine: MachineId): void {
    this.filters.dropMachine(machine);
  }

  /** Copies the present filters of a framework. False if it has filters that cannot be compared. */
  copyFilters(copy: FilterCopy, framework: FrameworkId): boolean {
    return this.filters.copyTo(copy, framework, this.parts.clock.now);
  }

  /** Are the present filters of the framework those of the copy, moved by the time that has passed? */
  hasFilters(copy: FilterCopy, framework: FrameworkId): boolean {
    return this.filters.equals(copy, framework, this.parts.clock.now);
  }

  /** The clock moves on by this time, and the filters of the framework with it. */
  postponeFilters(framework: FrameworkId, by: Micros): void {
    this.filters.postpone(framework, by);
  }

  // Batches

  /** The clock has reached the time of a batch; `allocate` follows at this instant. */
  batchReached(): void {
    this.dueAt = Number.POSITIVE_INFINITY;
  }

  /**
   * Resources were freed, or may be offered again: a batch is due at the next multiple of the interval. That is the present time
   * if it is a multiple and has had no allocation: a batch follows the events of its instant.
   */
  changed(): void {
    const { interval, clock } = this.parts;
    const { now } = clock;
    if (interval === 0) clock.batchAt(now);
    else {
      const next = Math.ceil(now / interval) * interval;
      this.batchAt(next === this.allocatedAt ? next + interval : next);
    }
  }

  /** A batch is due when the first filter of a framework that wants offers ends, because no event reports that. */
  watchFilters(): void {
    const { clock, ledger } = this.parts;
    const interval = Math.max(1, this.parts.interval);
    let expiry = Number.POSITIVE_INFINITY;
    for (const framework of ledger.mayWant())
      if (this.wants(framework)) expiry = Math.min(expiry, this.filters.nextExpiry(framework, clock.now));
    if (Number.isFinite(expiry)) this.batchAt(Math.ceil(expiry / interval) * interval);
  }

  /** A batch that no framework wants is left out: its next task causes an allocation of its own. */
  private batchAt(time: Micros): void {
    const { clock } = this.parts;
    if (time >= this.dueAt || !this.anyWants()) return;
    if (time > clock.now) this.dueAt = time;
    clock.batchAt(time);
  }
}
