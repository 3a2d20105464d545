import type { FrameworkId } from '../ledger/framework.js';
import type { MachineId } from '../ledger/machine.js';
import type { Micros } from '../micros.js';
import { type Parcels, parcelsContain } from './parcel.js';

/** Maximum refusal time, and the time for a negative value (Mesos: 365 days; Filters.refuse_seconds). */
const LONGEST: Micros = 365 * 24 * 3600 * 1_000_000;
const USUAL: Micros = 5_000_000;

interface Refusal {
  readonly parcels: Parcels;
  readonly since: Micros;
  readonly expiry: Micros;
}

/** Whether the filters are checked by a batch. A batch begins before the timers that end at its instant. */
export type LookPhase = 'batch' | 'event';

/**
 * Offer filters on parcels, by framework (of one role) and agent. A filter blocks an offer if and only if the refused
 * parcels contain all of it. One agent may have several filters (Mesos, hierarchical allocator, RefusedOfferFilter).
 */
export class RefusedOffers {
  private readonly refusals = new Map<string, Refusal[]>();
  private readonly interval: Micros;

  /** `interval` is the time between batches. No filter ends before the next batch. */
  constructor(interval: Micros) {
    this.interval = interval;
  }

  /** A framework refuses these parcels for this time. 0 sets no filter; a negative time means the default of 5 s. */
  refuse(framework: FrameworkId, agent: MachineId, parcels: Parcels, refuseFor: Micros, now: Micros): void {
    if (refuseFor === 0 || parcels.length === 0) return;
    const asked = refuseFor > 0 ? Math.min(refuseFor, LONGEST) : USUAL;
    const refusal = { parcels, since: now, expiry: now + Math.max(asked, this.interval) };
    const key = keyOf(framework, agent);
    this.refusals.set(key, [
      ...(this.refusals.get(key) ?? []).filter(({ expiry }) => expiry >= now),
      refusal,
    ]);
  }

  /** Whether an offer of these parcels is blocked. */
  blocks(framework: FrameworkId, agent: MachineId, offer: Parcels, now: Micros, phase: LookPhase): boolean {
    const refusals = this.refusals.get(keyOf(framework, agent)) ?? [];
    return refusals.some(
      (refusal) => this.isAlive(refusal, now, phase) && parcelsContain(refusal.parcels, offer),
    );
  }

  /**
   * A filter that ends at the instant of a batch is removed before the batch, unless it lasts at most one interval.
   * Then its timer is newer than the timer of the batch (Mesos: the order in which the two timers were created;
   * MESOS-4302).
   */
  private isAlive({ since, expiry }: Refusal, now: Micros, phase: LookPhase): boolean {
    return expiry > now || (phase === 'batch' && expiry === now && expiry - since <= this.interval);
  }

  /** Removes the filters of a framework that revived, left, or lost its connection. */
  dropFramework(framework: FrameworkId): void {
    for (const key of this.refusals.keys()) if (key.startsWith(`${framework}/`)) this.refusals.delete(key);
  }

  /** Removes the filters on an agent that left, or whose attributes changed. */
  dropAgent(agent: MachineId): void {
    for (const key of this.refusals.keys()) if (key.endsWith(`/${agent}`)) this.refusals.delete(key);
  }
}

function keyOf(framework: FrameworkId, agent: MachineId): string {
  return `${framework}/${agent}`;
}
