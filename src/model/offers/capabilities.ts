import type { Amounts } from './roles.js';

/**
 * What a framework says it can handle (mesos.proto, FrameworkInfo.Capability). Some decide what it is offered: without
 * `GPU_RESOURCES` it gets nothing of machines with GPUs; without `REGION_AWARE` nothing of other regions; without
 * `REVOCABLE_RESOURCES` nothing revocable; without `RESERVATION_REFINEMENT` nothing with a refined reservation. With
 * `MULTI_ROLE` it gets nothing of agents that do not know several roles.
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
 * What an agent can handle (mesos.proto, SlaveInfo.Capability). Without `MULTI_ROLE` it is not offered to frameworks that
 * may have several roles, without `HIERARCHICAL_ROLE` not to nested roles.
 */
export const MACHINE_CAPABILITIES = ['MULTI_ROLE', 'HIERARCHICAL_ROLE', 'RESERVATION_REFINEMENT'] as const;

/** One of MACHINE_CAPABILITIES. */
export type MachineCapability = (typeof MACHINE_CAPABILITIES)[number];

/** What decides, on the framework's side, whether it is offered something of a machine. */
export interface FrameworkTraits {
  readonly capabilities: ReadonlySet<FrameworkCapability>;
  /** Its own minimum for an offer instead of the operator's; an empty list lets anything through (Mesos: offer_filters). */
  readonly minimum?: readonly Amounts[];
}

/** The machine's side of it. */
export interface MachineTraits {
  readonly capabilities: ReadonlySet<MachineCapability>;
  /** Does it stand in the master's region? Without a region of its own it counts as local. */
  readonly region: 'local' | 'remote';
  readonly gpus: 'none' | 'some';
}
