/**
 * Full Mesos offers: reservations, revocable and exclusive resources, ranges, and capabilities. Only the author of an
 * allocator that handles these needs this file; `AllocationView.parcels` and `traits` are undefined on other hosts.
 */
import type { FrameworkTraits, MachineTraits, Parcels, RolePath } from '../model/index.js';
import type { Dimension, FrameworkId, MachineId } from './contract.js';

/** Reserved, revocable, exclusive and non-scalar resources, which count in the view's totals and holdings too. */
export interface ParcelView {
  /** The machine's parcels that are neither offered nor allocated. */
  free(machine: MachineId): Parcels;
  /** Roles that own reservations. */
  readonly reservedRoles: readonly RolePath[];
  /** Reserved for a role on all machines, free or not. */
  reserved(role: RolePath, dimension: Dimension): number;
  /** Reserved for any role, and either offered or allocated. */
  reservedHeld(dimension: Dimension): number;
  /** Revocable and free. */
  revocableFree(dimension: Dimension): number;
  /** Reserved or revocable, and held by a framework. */
  heldBesides(framework: FrameworkId, dimension: Dimension): number;
}

/** Capabilities of frameworks and machines. For example, machines with GPUs are offered to frameworks that can use GPUs. */
export interface TraitView {
  framework(framework: FrameworkId): FrameworkTraits;
  machine(machine: MachineId): MachineTraits;
}

/** A part of the free resources of a machine. The host reads it during the call only. */
export interface Portion {
  /** Amounts in quanta, in the order of `Space.dimensions`. */
  readonly amounts: ArrayLike<number>;
  readonly parcels: Parcels;
}
