import {
  type Amounts,
  type Column,
  type FrameworkId,
  type FrameworkTraits,
  isChargeable,
  isFor,
  type MachineId,
  type MachineTraits,
  ownerOf,
  type Parcel,
  type Parcels,
  type RolePath,
  understands,
} from '../../../model/index.js';
import type { AllocationView, Dimension, OfferSink } from '../../contract.js';
import type { FullAllocationView, ParcelPortion } from '../../contract-offers.js';
import { type Chargeable, quantities, shrunk, shuffled, together, without } from './chargeable.js';
import { type DrfSettings, resourceNames } from './drf-settings.js';
import { QuotaBook } from './quota-book.js';
import type { RoleShares } from './role-shares.js';

/** Stages of an allocation: first the unmet guarantees, then all remaining resources. */
type Stage = 'guarantees' | 'rest';

/** The resources of a machine that a framework may be offered: the free amounts of the machine, and these parcels. */
interface Offerable {
  readonly machine: MachineId;
  readonly framework: FrameworkId;
  readonly role: RolePath;
  readonly parcels: Parcels;
}

/** An offer to be made. */
interface Offering {
  /** Resources that count against quota. */
  readonly chargeable: Chargeable;
  /** Resources that do not count against quota. */
  readonly besides: Parcels;
  /** The part of `chargeable` that meets the guarantee, per dimension. */
  readonly guaranteed: Float64Array;
}

const NO_PARCELS: Parcels = [];

/**
 * Allocations of the hierarchical allocator (Mesos, hierarchical.cpp, __generateOffers). In each there are two passes over the
 * machines. For each machine, the roles are tried by share, and the frameworks of each role by share.
 */
export class DrfRound {
  private readonly view: FullAllocationView;
  private readonly offers: OfferSink;
  private readonly settings: DrfSettings;
  private readonly shares: RoleShares;
  private quota: QuotaBook;
  private readonly dimensions: readonly Dimension[];
  private readonly minimum: Minimum;
  /** The sets of which `minimum` was made. */
  private readonly minimumSets: DrfSettings['minimum'];
  /** Scratch rows, reused because a call makes many offers. */
  private readonly offered: Float64Array;
  private readonly room: Float64Array;
  private readonly nothing: Float64Array;

  constructor(view: FullAllocationView, offers: OfferSink, settings: DrfSettings, shares: RoleShares) {
    this.view = view;
    this.offers = offers;
    this.settings = settings;
    this.shares = shares;
    this.quota = new QuotaBook(view, settings, shares);
    this.dimensions = view.space.dimensions;
    this.minimumSets = settings.minimum;
    this.minimum = minimumOf(settings.minimum, resourceNames(view));
    this.offered = new Float64Array(this.dimensions.length);
    this.room = new Float64Array(this.dimensions.length);
    this.nothing = new Float64Array(this.dimensions.length);
  }

  /** Can the next call with these use this object? Most allocations make few offers, so making it anew would be most of the work. */
  serves(view: AllocationView, offers: OfferSink, shares: RoleShares): boolean {
    const isSame = this.view === view && this.offers === offers && this.shares === shares;
    return isSame && this.minimumSets === this.settings.minimum;
  }

  /** Makes the offers of one call. */
  run(): void {
    const { view, settings, shares } = this;
    if (settings.quotas.size > 0 || this.quota.hasQuotas) this.quota = new QuotaBook(view, settings, shares);
    if (this.quota.hasGuarantees()) this.pass('guarantees');
    this.pass('rest');
  }

  private pass(stage: Stage): void {
    const { view } = this;
    const { candidateCount, random } = view;
    if (this.settings.machineOrder === 'rank') {
      for (let i = 0; i < candidateCount; i++) this.offerMachine(view.candidate(i), stage);
    } else {
      const machines = Array.from({ length: candidateCount }, (_, i) => view.candidate(i));
      for (const machine of shuffled(machines, random)) this.offerMachine(machine, stage);
    }
  }

  private offerMachine(machine: MachineId, stage: Stage): void {
    const parcels = this.view.parcels?.free(machine) ?? NO_PARCELS;
    // Most machines have no parcels, and most frameworks no minimum of their own. One check then covers all frameworks.
    const isPlain = parcels.length === 0 && this.view.traits === undefined;
    if (isPlain) this.readFree(machine);
    if (isPlain && !isWorthOffering(this.minimum, this.offered)) return;
    if (isPlain && this.settings.quotas.size === 0) {
      this.offerWhole(machine);
      return;
    }
    for (const { client } of this.shares.rolesInOrder(this.view)) {
      const role = this.shares.path(client);
      if (stage === 'guarantees' && !this.quota.isUnsatisfied(role)) continue;
      this.offerToRole(machine, client, role, stage);
      if (this.isExhausted(machine)) return;
    }
  }

  /**
   * Offers all free resources of the machine, which are in `offered`, to the first framework that has not refused them
   * (coarse-grained). This is the hot path: it allocates no memory per offer.
   */
  private offerWhole(machine: MachineId): void {
    for (const { client: role } of this.shares.rolesInOrderNow(this.view)) {
      for (const { client: framework } of this.shares.frameworksInOrderNow(role, this.view)) {
        if (this.offers.offer(framework, machine) !== 'done') continue;
        this.shares.chargeOffer(framework, this.offered);
        return;
      }
    }
  }

  private offerToRole(machine: MachineId, client: number, role: RolePath, stage: Stage): void {
    for (const { client: framework } of this.shares.frameworksInOrder(client, this.view)) {
      if (stage === 'guarantees' && !this.quota.isUnsatisfied(role)) return;
      const free = this.view.parcels?.free(machine) ?? NO_PARCELS;
      const parcels = free.length === 0 ? free : free.filter((parcel) => isFor(parcel, role));
      if (parcels.length === 0 && this.isRowEmpty(machine)) return;
      const offerable = this.offerableTo({ machine, framework, role, parcels });
      if (offerable !== undefined) this.offerPortion(offerable, stage);
    }
  }

  /** Removes the parcels that the framework cannot take; undefined when the rest is below the minimum. */
  private offerableTo(offerable: Offerable): Offerable | undefined {
    const { machine, framework, role, parcels } = offerable;
    this.readFree(machine);
    addScalars(this.offered, parcels);
    if (!isWorthOffering(this.minimumFor(framework), this.offered)) return undefined;
    const { traits } = this.view;
    if (traits === undefined) return offerable;
    const able = traits.framework(framework);
    if (!mayReceive(able, role, traits.machine(machine), this.settings.gpuMachines)) return undefined;
    return { ...offerable, parcels: parcels.filter((parcel) => understands(able, parcel)) };
  }

  private offerPortion(offerable: Offerable, stage: Stage): void {
    const offering = stage === 'guarantees' ? this.guaranteedPart(offerable) : this.freePart(offerable);
    if (offering === undefined) return;
    const { machine, framework, role } = offerable;
    const { chargeable, besides, guaranteed } = offering;
    const charged = quantities(chargeable);
    this.offered.set(charged);
    addScalars(this.offered, besides);
    if (isNothing(charged) && besides.length === 0) return;
    if (!isWorthOffering(this.minimumFor(framework), this.offered)) return;
    const portion: ParcelPortion = {
      amounts: chargeable.amounts,
      parcels: [...besides, ...chargeable.exclusives],
    };
    if (this.offers.offer(framework, machine, portion) !== 'done') return;
    this.quota.book(role, guaranteed, charged);
    this.shares.chargeOffer(framework, this.offered);
  }

  /**
   * The offer of the first stage has three parts. First, the missing part of the role's guarantee, regardless of headroom.
   * Second, the role's own reservations. Third, as much of the rest as limit and headroom allow, so that the guaranteed part is
   * usable. Without a guaranteed part on this machine, everything waits for the second stage.
   */
  private guaranteedPart({ machine, role, parcels }: Offerable): Offering | undefined {
    const { random } = this.view;
    const all = this.chargeable(machine, parcels);
    this.quota.missing(role, this.room);
    const part = shrunk(all, this.room, random);
    const guaranteed = quantities(part);
    if (isNothing(guaranteed)) return undefined;
    const rest = this.withinQuota(without(all, part), role, guaranteed);
    const besides = parcels.filter((parcel) => !isChargeable(parcel) && !isOthersReservation(parcel, role));
    return { chargeable: together(part, rest), besides, guaranteed };
  }

  /** All reservations that the role may use, and as much of the rest as limit and headroom allow. */
  private freePart({ machine, role, parcels }: Offerable): Offering {
    const chargeable = this.withinQuota(this.chargeable(machine, parcels), role, this.nothing);
    const besides = parcels.filter((parcel) => !isChargeable(parcel));
    return { chargeable, besides, guaranteed: this.nothing };
  }

  private withinQuota(rest: Chargeable, role: RolePath, given: Float64Array): Chargeable {
    this.quota.belowLimit(role, given, this.room);
    const withinLimit = shrunk(rest, this.room, this.view.random);
    this.quota.surplus(this.room);
    return shrunk(withinLimit, this.room, this.view.random);
  }

  private chargeable(machine: MachineId, parcels: Parcels): Chargeable {
    const amounts = Float64Array.from(this.dimensions, (d) => this.view.free(machine, d));
    return { amounts, exclusives: parcels.filter(isChargeable) };
  }

  private minimumFor(framework: FrameworkId): Minimum {
    const own = this.view.traits?.framework(framework).minimum;
    return own === undefined ? this.minimum : minimumOf(own, resourceNames(this.view));
  }

  private isExhausted(machine: MachineId): boolean {
    return this.isRowEmpty(machine) && (this.view.parcels?.free(machine).length ?? 0) === 0;
  }

  private isRowEmpty(machine: MachineId): boolean {
    return this.dimensions.every((d) => this.view.free(machine, d) <= 0);
  }

  /** Sets `offered` to the free amounts of the machine. */
  private readFree(machine: MachineId): void {
    for (const d of this.dimensions) this.offered[d] = this.view.free(machine, d);
  }
}

/** Is it a scalar reserved for an ancestor role? The first stage leaves such parcels to the second. */
function isOthersReservation(parcel: Parcel, role: RolePath): boolean {
  const owner = ownerOf(parcel);
  return owner !== undefined && owner !== role && parcel.form !== 'ranges' && parcel.supply === 'regular';
}

function addScalars(sum: Float64Array, parcels: Parcels): void {
  for (const { dimension, amount, form } of parcels) if (form !== 'ranges') sum[dimension] += amount;
}

function isNothing(amounts: Float64Array): boolean {
  return amounts.every((amount) => amount <= 0);
}

/** May the framework get offers of this machine at all (Mesos: isCapableOfReceivingAgent, isFiltered)? */
function mayReceive(
  framework: FrameworkTraits,
  role: RolePath,
  machine: MachineTraits,
  gpuMachines: DrfSettings['gpuMachines'],
): boolean {
  const { capabilities } = framework;
  if (gpuMachines === 'for-gpu-frameworks' && machine.gpus === 'some' && !capabilities.has('GPU_RESOURCES'))
    return false;
  if (machine.region === 'remote' && !capabilities.has('REGION_AWARE')) return false;
  if (capabilities.has('MULTI_ROLE') && !machine.capabilities.has('MULTI_ROLE')) return false;
  return machine.capabilities.has('HIERARCHICAL_ROLE') || !role.includes('/');
}

/** One set of a minimum. An offer reaches the set when it has all of these amounts. */
interface MinimumSet {
  readonly dimensions: Int32Array;
  readonly amounts: Float64Array;
}

/** The smallest offer: it must reach at least one of these sets. Without a set, every offer is large enough. */
export type Minimum = readonly MinimumSet[];

/** A minimum in the dimensions of a run. Sets with a resource that no machine has are left out. */
function minimumOf(sets: readonly Amounts[], names: readonly string[]): Minimum {
  return sets
    .filter((set) => Object.keys(set).every((name) => names.includes(name)))
    .map((set) => ({
      dimensions: Int32Array.from(Object.keys(set), (name) => names.indexOf(name)),
      amounts: Float64Array.from(Object.values(set)),
    }));
}

/** Do the amounts reach the minimum? Called for every machine with free resources, at every allocation. */
function isWorthOffering(minimum: Minimum, amounts: Column): boolean {
  if (minimum.length === 0) return true;
  for (let i = 0; i < minimum.length; i++) if (reaches(minimum[i] as MinimumSet, amounts)) return true;
  return false;
}

function reaches(set: MinimumSet, amounts: Column): boolean {
  for (let i = 0; i < set.dimensions.length; i++)
    if (amounts[set.dimensions[i]] < set.amounts[i]) return false;
  return true;
}
