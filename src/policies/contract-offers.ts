/**
 * Full Mesos offers: reservations, revocable and exclusive resources, ranges, and capabilities. Only the author of an
 * allocator that handles these needs this file.
 */
import type { FrameworkTraits, MachineTraits, Parcels, RolePath } from '../model/index.js';
import type { AllocationView, Dimension, FrameworkId, MachineId, Portion } from './contract.js';

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

/** The view of an allocator on a host that may have all of these. */
export interface FullAllocationView extends AllocationView {
  /** Undefined on a host with plain resources only. */
  readonly parcels: ParcelView | undefined;
  /** Undefined when frameworks and machines have all capabilities. */
  readonly traits: TraitView | undefined;
}

/** The same view. Every host has these fields, and most allocators need not know of them. */
export function fullView(view: AllocationView): FullAllocationView {
  return view as FullAllocationView;
}

/** A portion with parcels. */
export interface ParcelPortion extends Portion {
  readonly parcels: Parcels;
}
