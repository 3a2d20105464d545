import { type Amounts, type Column, type Quotas, type RolePath, topRole } from '../../../model/index.js';
import type { Dimension } from '../../contract.js';
import type { FullAllocationView } from '../../contract-offers.js';
import { resourceNames } from './drf-settings.js';
import type { RoleShares } from './role-shares.js';

/** Quota of one top-level role, per dimension. */
interface RoleQuota {
  readonly guarantee: Float64Array;
  /** Infinity without a limit. */
  readonly limit: Float64Array;
  /** All reservations of the role and its descendants, plus their unreserved regular resources, offered or allocated. */
  readonly consumed: Float64Array;
}

/**
 * Quota during one call (Mesos: __generateOffers): the consumption of each top-level role with a quota, the amounts to hold
 * back for unmet guarantees (the required headroom), and the amounts available for that (the available headroom).
 */
export class QuotaBook {
  private readonly dims: number;
  private readonly dimensions: readonly Dimension[];
  private readonly roles = new Map<RolePath, RoleQuota>();
  private readonly required: Float64Array;
  private readonly available: Float64Array;

  constructor(view: FullAllocationView, quotas: Quotas, shares: RoleShares) {
    const names = resourceNames(view);
    this.dimensions = view.space.dimensions;
    this.dims = names.length;
    this.required = new Float64Array(this.dims);
    this.available = new Float64Array(this.dims);
    for (const [role, quota] of quotas) {
      this.roles.set(role, {
        guarantee: amountsRow(names, quota.guarantee, 0),
        limit: amountsRow(names, quota.limit, Number.POSITIVE_INFINITY),
        consumed: new Float64Array(this.dims),
      });
    }
    if (this.roles.size > 0) this.open(view, shares);
  }

  private open(view: FullAllocationView, shares: RoleShares): void {
    this.countHeld(view, shares);
    this.countReserved(view);
    for (const { guarantee, consumed } of this.roles.values())
      for (let d = 0; d < this.dims; d++) this.required[d] += Math.max(0, guarantee[d] - consumed[d]);
    for (const d of this.dimensions) this.available[d] = this.headroom(view, d);
  }

  private countHeld(view: FullAllocationView, shares: RoleShares): void {
    for (let framework = 0; framework < view.frameworks.length; framework++) {
      const quota = this.roles.get(topRole(shares.roleOf(framework)));
      if (quota === undefined) continue;
      for (const d of this.dimensions) {
        const besides = view.parcels?.heldBesides(framework, d) ?? 0;
        quota.consumed[d] += view.allocated(framework, d) + view.offered(framework, d) - besides;
      }
    }
  }

  private countReserved(view: FullAllocationView): void {
    const { parcels } = view;
    for (const role of parcels?.reservedRoles ?? []) {
      const quota = this.roles.get(topRole(role));
      if (quota === undefined) continue;
      for (const d of this.dimensions) quota.consumed[d] += parcels?.reserved(role, d) ?? 0;
    }
  }

  /**
   * The total minus offered and allocated resources, minus free reservations, minus free revocable resources. Each difference
   * is at least 0.
   */
  private headroom(view: FullAllocationView, d: Dimension): number {
    let held = 0;
    for (let framework = 0; framework < view.frameworks.length; framework++)
      held += view.allocated(framework, d) + view.offered(framework, d);
    const { parcels } = view;
    let reserved = 0;
    for (const role of parcels?.reservedRoles ?? []) reserved += parcels?.reserved(role, d) ?? 0;
    const reservedFree = Math.max(0, reserved - (parcels?.reservedHeld(d) ?? 0));
    const left = Math.max(0, Math.max(0, view.total(d) - held) - reservedFree);
    return Math.max(0, left - (parcels?.revocableFree(d) ?? 0));
  }

  hasGuarantees(): boolean {
    for (const { guarantee } of this.roles.values()) if (guarantee.some((amount) => amount > 0)) return true;
    return false;
  }

  /** Does neither a limit nor an unmet guarantee restrict this role? */
  isFree(role: RolePath): boolean {
    return this.roles.size === 0 || (!this.roles.has(role) && !this.holdsBack());
  }

  private holdsBack(): boolean {
    return this.required.some((amount) => amount > 0);
  }

  /** Is the role's guarantee unmet? */
  isUnsatisfied(role: RolePath): boolean {
    const quota = this.roles.get(role);
    return quota?.guarantee.some((amount, d) => amount > quota.consumed[d]) ?? false;
  }

  /** Writes the missing part of the role's guarantee to `into`. */
  missing(role: RolePath, into: Float64Array): void {
    const quota = this.roles.get(role);
    for (let d = 0; d < this.dims; d++)
      into[d] = quota === undefined ? 0 : Math.max(0, quota.guarantee[d] - quota.consumed[d]);
  }

  /** Writes to `into` how much more the role may get before its limit, after it gets `given`. */
  belowLimit(role: RolePath, given: Column, into: Float64Array): void {
    const quota = this.roles.get(role);
    for (let d = 0; d < this.dims; d++)
      into[d] =
        quota === undefined
          ? Number.POSITIVE_INFINITY
          : Math.max(0, quota.limit[d] - quota.consumed[d] - given[d]);
  }

  /** Writes to `into` the amounts not held back for guarantees; Infinity when all guarantees are met. */
  surplus(into: Float64Array): void {
    const holdsBack = this.holdsBack();
    for (let d = 0; d < this.dims; d++)
      into[d] = holdsBack ? Math.max(0, this.available[d] - this.required[d]) : Number.POSITIVE_INFINITY;
  }

  /** Records an offer of unreserved regular resources: `charged` in total, of which `guaranteed` meets the guarantee. */
  book(role: RolePath, guaranteed: Column, charged: Column): void {
    const quota = this.roles.get(topRole(role));
    for (let d = 0; d < this.dims; d++) {
      if (quota !== undefined) quota.consumed[d] += charged[d];
      this.required[d] = Math.max(0, this.required[d] - guaranteed[d]);
      this.available[d] = Math.max(0, this.available[d] - charged[d]);
    }
  }
}

function amountsRow(names: readonly string[], amounts: Amounts, rest: number): Float64Array {
  return Float64Array.from(names, (name) => amounts[name] ?? rest);
}
