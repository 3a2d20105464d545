import type { Parcel } from './parcel.js';
import type { Amounts } from './roles.js';

/**
 * Capabilities of a framework (mesos.proto, FrameworkInfo.Capability). Some restrict its offers. Without
 * `GPU_RESOURCES` it gets no machines with GPUs, without `REGION_AWARE` none of other regions, without
 * `REVOCABLE_RESOURCES` nothing revocable, without `RESERVATION_REFINEMENT` nothing with a refined reservation. With
 * `MULTI_ROLE` it gets no agents without this capability.
 */
export const FRAMEWORK_CAPABILITIES = [
  'MULTI_ROLE',
  'GPU_RESOURCES',
  'REGION_AWARE',
  'REVOCABLE_RESOURCES',
  'RESERVATION_REFINEMENT',
  'SHARED_RESOURCES',
  'PARTITION_AWARE',
  'TASK_KILLING_STATE',
] as const;

/** One of FRAMEWORK_CAPABILITIES. */
export type FrameworkCapability = (typeof FRAMEWORK_CAPABILITIES)[number];

/**
 * Capabilities of an agent (mesos.proto, SlaveInfo.Capability). Without `MULTI_ROLE` it is not offered to frameworks
 * that may have several roles; without `HIERARCHICAL_ROLE`, not to nested roles.
 */
export const MACHINE_CAPABILITIES = ['MULTI_ROLE', 'HIERARCHICAL_ROLE', 'RESERVATION_REFINEMENT'] as const;

/** One of MACHINE_CAPABILITIES. */
export type MachineCapability = (typeof MACHINE_CAPABILITIES)[number];

/** Properties of a framework that restrict its offers. */
export interface FrameworkTraits {
  readonly capabilities: ReadonlySet<FrameworkCapability>;
  /** Its own minimum for an offer, instead of the operator's. An empty list allows every offer (Mesos: offer_filters). */
  readonly minimum?: readonly Amounts[];
}

/** Properties of a machine that restrict its offers. */
export interface MachineTraits {
  readonly capabilities: ReadonlySet<MachineCapability>;
  /** Whether it is in the master's region. A machine without a region counts as local. */
  readonly region: 'local' | 'remote';
  readonly gpus: 'none' | 'some';
}

/** Does the framework have the capabilities that the parcel requires (Mesos: stripIncapableResources)? */
export function understands(framework: FrameworkTraits, parcel: Parcel): boolean {
  const { capabilities } = framework;
  if (parcel.supply === 'revocable' && !capabilities.has('REVOCABLE_RESOURCES')) return false;
  return parcel.reservations.length < 2 || capabilities.has('RESERVATION_REFINEMENT');
}
