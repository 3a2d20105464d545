import {
  type AllocationCause,
  type FrameworkId,
  type MachineId,
  type MachineResources,
  type Micros,
  NONE,
  OfferFilters,
} from '../../model/index.js';
import type { Allocator, OfferVerdict, Portion, Random } from '../contract.js';
import { type AllocatorLedger, HostedAllocator } from './allocation-view.js';
import type { Gathering } from './gathering.js';

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
  /** Whether any framework wants offers. */
  anyWants(): boolean;
}

/** The clock of a host: simulated time, or the time of a master. */
export interface AllocationClock {
  readonly now: Micros;
  /**
   * A batch is due at this time: `batchReached` and `allocate`. The current time means: as soon as the current changes are
   * complete. A master that runs a batch at every interval may ignore later times.
   */
  batchAt(time: Micros): void;
}

/** Dependencies of a host. */
export interface AllocationHostParts {
  readonly allocator: Allocator;
  readonly ledger: OfferLedger;
  readonly clock: AllocationClock;
  readonly random: Random;
  /** Time between batches. With 0, every change that frees resources causes an allocation. */
  readonly interval: Micros;
  /** Machines that are kept for gangs. Left out on a host that does not gather. */
  readonly gathering?: Gathering;
}

/**
 * The host of an allocator: it calls the allocator, checks and books its offers, keeps the filters of refused offers, and knows
 * when the next batch is due. The simulator drives it with simulated time, a master with the time of day.
 */
export class AllocationHost {
  private readonly parts: AllocationHostParts;
  private readonly filters: OfferFilters;
  private readonly allocator: HostedAllocator;
  private cause: AllocationCause = 'event';
  /** The time of the current or the last allocation. */
  private allocatedAt: Micros = Number.NEGATIVE_INFINITY;
  /** The time of the next batch that the clock was asked for; Infinity for none. */
  private dueAt: Micros = Number.POSITIVE_INFINITY;

  constructor(parts: AllocationHostParts) {
    const { allocator, ledger, random, interval } = parts;
    this.parts = parts;
    this.filters = new OfferFilters(ledger.space.dimensions.length, interval);
    this.allocator = new HostedAllocator(
      allocator,
      ledger,
      random,
      (framework, machine, portion) => this.offer(framework, machine, portion),
      parts.gathering === undefined ? undefined : (machine) => parts.gathering?.gatherer(machine) ?? NONE,
    );
  }

  /** Calls the allocator. */
  allocate(cause: AllocationCause): void {
    const { now } = this.parts.clock;
    this.cause = cause;
    this.allocatedAt = now;
    this.allocator.allocate(now);
  }

  private offer(framework: FrameworkId, machine: MachineId, portion: Portion | undefined): OfferVerdict {
    const { ledger } = this.parts;
    const refusal = ledger.refusal(framework, machine);
    if (refusal !== undefined) return refusal;
    if (this.parts.gathering?.keepsFrom(framework, machine) === true) return 'gathered';
    const contents = ledger.contents(framework, machine, portion);
    if (typeof contents === 'string') return contents;
    if (this.filters.blocks(framework, machine, contents, this.allocatedAt, this.cause)) return 'filtered';
    ledger.book(framework, machine, contents, portion);
    return 'done';
  }

  // Filters

  /** The framework declines these resources and refuses them for this time. A time of 0 sets no filter. */
  refuse(framework: FrameworkId, machine: MachineId, refused: MachineResources, refuseFor: Micros): void {
    this.filters.refuse(framework, machine, refused, refuseFor, this.parts.clock.now);
  }

  /** Removes the filters of a framework that revived, left, or lost its connection. */
  dropFilters(framework: FrameworkId): void {
    this.filters.dropFramework(framework);
  }

  /** Removes the filters on a machine that left, or whose attributes changed. */
  dropFiltersOn(machine: MachineId): void {
    this.filters.dropMachine(machine);
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
  filtersOf(frameworks: Iterable<FrameworkId>): void {
    const { clock, ledger } = this.parts;
    const interval = Math.max(1, this.parts.interval);
    let expiry = Number.POSITIVE_INFINITY;
    for (const framework of frameworks)
      if (ledger.wants(framework)) expiry = Math.min(expiry, this.filters.nextExpiry(framework, clock.now));
    if (Number.isFinite(expiry)) this.batchAt(Math.ceil(expiry / interval) * interval);
  }

  /** A batch that no framework wants is left out: its next task causes an allocation of its own. */
  private batchAt(time: Micros): void {
    const { clock, ledger } = this.parts;
    if (time >= this.dueAt || !ledger.anyWants()) return;
    if (time > clock.now) this.dueAt = time;
    clock.batchAt(time);
  }
}
