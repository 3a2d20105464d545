import { type Amounts, type Column, isWithin, type RolePath } from '../../../model/index.js';
import type { Dimension } from '../../contract.js';
import type { FullAllocationView } from '../../contract-offers.js';
import { type DrfSettings, resourceNames } from './drf-settings.js';
import type { RoleShares } from './role-shares.js';

/** Quota of one role with all roles below it, per dimension. */
interface RoleQuota {
  readonly path: RolePath;
  readonly guarantee: Float64Array;
  /** Infinity without a limit. */
  readonly limit: Float64Array;
  /** All reservations of the role and its descendants, plus their unreserved regular resources, offered or allocated. */
  readonly consumed: Float64Array;
  /** The nearest roles below it that have a quota of their own. */
  readonly below: RoleQuota[];
}

const NO_QUOTAS: readonly RoleQuota[] = [];

/**
 * Quota during one call (Mesos: __generateOffers): the consumption of each role with a quota, the amounts to hold back for unmet
 * guarantees (the required headroom), and the amounts available for that (the available headroom).
 *
 * A quota applies to a role and all roles below it. Mesos has quota of top-level roles only, which restrict no role below them.
 */
export class QuotaBook {
  private readonly dims: number;
  private readonly dimensions: readonly Dimension[];
  private readonly quotas: readonly RoleQuota[];
  /** Quotas of no role above which there is a quota. */
  private readonly outermost: readonly RoleQuota[];
  /** Quotas that apply to a role, its own first, then outwards. */
  private readonly chains = new Map<RolePath, readonly RoleQuota[]>();
  private readonly scope: DrfSettings['quotaScope'];
  private readonly required: Float64Array;
  private readonly available: Float64Array;

  constructor(
    view: FullAllocationView,
    { quotas, quotaScope }: Pick<DrfSettings, 'quotas' | 'quotaScope'>,
    shares: RoleShares,
  ) {
    this.scope = quotaScope;
    const names = resourceNames(view);
    this.dimensions = view.space.dimensions;
    this.dims = names.length;
    this.required = new Float64Array(this.dims);
    this.available = new Float64Array(this.dims);
    this.quotas = Array.from(quotas, ([path, quota]) => ({
      path,
      guarantee: amountsRow(names, quota.guarantee, 0),
      limit: amountsRow(names, quota.limit, Number.POSITIVE_INFINITY),
      consumed: new Float64Array(this.dims),
      below: [],
    }));
    const outermost: RoleQuota[] = [];
    for (const quota of this.quotas) (this.chainOf(quota.path)[1]?.below ?? outermost).push(quota);
    this.outermost = outermost;
    if (this.quotas.length > 0) this.open(view, shares);
  }

  private open(view: FullAllocationView, shares: RoleShares): void {
    this.countHeld(view, shares);
    this.countReserved(view);
    for (const d of this.dimensions) {
      for (const quota of this.outermost) this.required[d] += unmet(quota, d);
      this.available[d] = this.headroom(view, d);
    }
  }

  private chainOf(role: RolePath): readonly RoleQuota[] {
    if (this.quotas.length === 0) return NO_QUOTAS;
    const known = this.chains.get(role);
    if (known !== undefined) return known;
    const chain = this.quotas
      .filter(({ path }) => isWithin(role, path))
      .sort((a, b) => b.path.length - a.path.length);
    this.chains.set(role, chain);
    return chain;
  }

  /** The quotas that serve and restrict a role, its own first. */
  private bindingOn(role: RolePath): readonly RoleQuota[] {
    const chain = this.chainOf(role);
    if (this.scope === 'subtree') return chain;
    return chain[0]?.path === role ? chain.slice(0, 1) : NO_QUOTAS;
  }

  private countHeld(view: FullAllocationView, shares: RoleShares): void {
    for (let framework = 0; framework < view.frameworks.length; framework++) {
      for (const { consumed } of this.chainOf(shares.roleOf(framework))) {
        for (const d of this.dimensions) {
          const besides = view.parcels?.heldBesides(framework, d) ?? 0;
          consumed[d] += view.allocated(framework, d) + view.offered(framework, d) - besides;
        }
      }
    }
  }

  private countReserved(view: FullAllocationView): void {
    const { parcels } = view;
    for (const role of parcels?.reservedRoles ?? [])
      for (const { consumed } of this.chainOf(role))
        for (const d of this.dimensions) consumed[d] += parcels?.reserved(role, d) ?? 0;
  }

  /**
   * The total minus offered and allocated resources, minus free resources of closed machines, minus free reservations, minus free
   * revocable resources. Each difference is at least 0.
   */
  private headroom(view: FullAllocationView, d: Dimension): number {
    let held = 0;
    for (let framework = 0; framework < view.frameworks.length; framework++)
      held += view.allocated(framework, d) + view.offered(framework, d);
    const { parcels } = view;
    let reserved = 0;
    for (const role of parcels?.reservedRoles ?? []) reserved += parcels?.reserved(role, d) ?? 0;
    const reservedFree = Math.max(0, reserved - (parcels?.reservedHeld(d) ?? 0));
    const open = Math.max(0, view.total(d) - held - view.closedFree(d));
    const left = Math.max(0, open - reservedFree);
    return Math.max(0, left - (parcels?.revocableFree(d) ?? 0));
  }

  get hasQuotas(): boolean {
    return this.quotas.length > 0;
  }

  hasGuarantees(): boolean {
    for (const { guarantee } of this.quotas) if (guarantee.some((amount) => amount > 0)) return true;
    return false;
  }

  private holdsBack(): boolean {
    return this.required.some((amount) => amount > 0);
  }

  /** Is the guarantee of the role, or of a role above it, unmet, and may this role use what is missing? */
  isUnsatisfied(role: RolePath): boolean {
    const chain = this.bindingOn(role);
    for (let d = 0; d < this.dims; d++) if (missingOf(chain, d) > 0) return true;
    return false;
  }

  /** Writes the missing part of the guarantees that the role may use to `into`. */
  missing(role: RolePath, into: Float64Array): void {
    const chain = this.bindingOn(role);
    for (let d = 0; d < this.dims; d++) into[d] = missingOf(chain, d);
  }

  /** Writes to `into` how much more the role may get before a limit, after it gets `given`. */
  belowLimit(role: RolePath, given: Column, into: Float64Array): void {
    const chain = this.bindingOn(role);
    for (let d = 0; d < this.dims; d++) into[d] = Math.max(0, roomBelowLimits(chain, d) - given[d]);
  }

  /** Writes to `into` the amounts not held back for guarantees; Infinity when all guarantees are met. */
  surplus(into: Float64Array): void {
    const holdsBack = this.holdsBack();
    for (let d = 0; d < this.dims; d++)
      into[d] = holdsBack ? Math.max(0, this.available[d] - this.required[d]) : Number.POSITIVE_INFINITY;
  }

  /** Records an offer of unreserved regular resources: `charged` in total, of which `guaranteed` meets a guarantee. */
  book(role: RolePath, guaranteed: Column, charged: Column): void {
    for (const { consumed } of this.chainOf(role))
      for (let d = 0; d < this.dims; d++) consumed[d] += charged[d];
    for (let d = 0; d < this.dims; d++) {
      this.required[d] = Math.max(0, this.required[d] - guaranteed[d]);
      this.available[d] = Math.max(0, this.available[d] - charged[d]);
    }
  }
}

/** What the role and the roles below it still lack: its own guarantee, or the sum of those below it if that is more. */
function unmet({ guarantee, consumed, below }: RoleQuota, d: number): number {
  let inner = 0;
  for (const quota of below) inner += unmet(quota, d);
  return Math.max(0, inner, guarantee[d] - consumed[d]);
}

/** The largest missing part of a chain's guarantees that its first role may use. */
function missingOf(chain: readonly RoleQuota[], d: number): number {
  let most = 0;
  let besides = 0;
  for (let i = 0; i < chain.length; i++) {
    const { guarantee, consumed } = chain[i] as RoleQuota;
    besides += unmetBeside(chain, i, d);
    most = Math.max(most, guarantee[d] - consumed[d] - besides);
  }
  return most === 0 ? 0 : Math.min(most, Math.max(0, roomBelowLimits(chain, d)));
}

/** How much more the first role of a chain may get. Each limit keeps what the guarantees beside the chain lack. */
function roomBelowLimits(chain: readonly RoleQuota[], d: number): number {
  let least = Number.POSITIVE_INFINITY;
  let besides = 0;
  for (let i = 0; i < chain.length; i++) {
    const { limit, consumed } = chain[i] as RoleQuota;
    besides += unmetBeside(chain, i, d);
    if (limit[d] < Number.POSITIVE_INFINITY) least = Math.min(least, limit[d] - consumed[d] - besides);
  }
  return least;
}

/** What the roles directly below the i-th quota of a chain lack, without the one in the chain. */
function unmetBeside(chain: readonly RoleQuota[], i: number, d: number): number {
  let sum = 0;
  for (const quota of (chain[i] as RoleQuota).below) if (quota !== chain[i - 1]) sum += unmet(quota, d);
  return sum;
}

function amountsRow(names: readonly string[], amounts: Amounts, rest: number): Float64Array {
  return Float64Array.from(names, (name) => amounts[name] ?? rest);
}
