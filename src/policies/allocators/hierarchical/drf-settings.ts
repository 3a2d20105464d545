import type { Amounts, Quotas, RolePath } from '../../../model/index.js';
import type { View } from '../../contract.js';

/** Order of clients: by share, or at random with probabilities by weight (Mesos: `--role_sorter`, `--framework_sorter`). */
export type SorterKind = 'drf' | 'random';

/**
 * The operator's settings of a DRF allocator. The allocator reads the collections at every call, so a host may change them
 * between calls, for example through an operator API.
 */
export interface DrfSettings {
  /** Roles by name of framework; other frameworks keep their own. Read when the frameworks change. */
  readonly roles: ReadonlyMap<string, RolePath>;
  /**
   * The smallest offer: at least all amounts (in quanta) of one of these sets. Without sets, there is no minimum. Sets with a
   * resource that no machine has are left out (Mesos: `--min_allocatable_resources`).
   */
  readonly minimum: readonly Amounts[];
  /** Weights by role path; roles without frameworks may have one. Other roles have the largest weight of their frameworks. */
  readonly weights: ReadonlyMap<RolePath, number>;
  readonly quotas: Quotas;
  /**
   * Which frameworks a quota serves and restricts: those of the role and of all roles below it, or only those of the role itself,
   * as in Mesos. The frameworks below are charged to it in both cases.
   */
  readonly quotaScope: 'subtree' | 'role';
  /** Resources that do not count in shares (Mesos: `--fair_sharing_excluded_resource_names`). */
  readonly fairnessExcluded: ReadonlySet<string>;
  readonly roleSorter: SorterKind;
  readonly frameworkSorter: SorterKind;
  /** Are machines with GPUs offered only to frameworks that can use GPUs (Mesos: `--filter_gpu_resources`)? */
  readonly gpuMachines: 'for-gpu-frameworks' | 'for-all';
  /** Order in which machines are offered: by rank, or shuffled for each stage, as in Mesos. */
  readonly machineOrder: 'rank' | 'random';
}

/** Plain DRF: no weights, no quota, no minimum, machines by rank. */
export const DRF_DEFAULTS: DrfSettings = {
  roles: new Map(),
  minimum: [],
  weights: new Map(),
  quotas: new Map(),
  quotaScope: 'subtree',
  fairnessExcluded: new Set(),
  roleSorter: 'drf',
  frameworkSorter: 'drf',
  gpuMachines: 'for-gpu-frameworks',
  machineOrder: 'rank',
};

/** Names of the resources, in the order of their dimensions. */
export function resourceNames({ space }: View): readonly string[] {
  return space.dimensions.map((dimension) => space.name(dimension));
}
