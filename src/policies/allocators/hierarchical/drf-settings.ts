import type { Amounts, Column, Quotas, RolePath } from '../../../model/index.js';
import type { AllocationView } from '../../contract.js';

/** How clients are ordered: by share, or at random by weight (Mesos: `--role_sorter`, `--framework_sorter`). */
export type SorterKind = 'drf' | 'random';

/**
 * What the operator of a DRF allocator decides. The collections are read at every call: a host may hand in ones that it
 * keeps changing, as an operator's API does.
 */
export interface DrfSettings {
  /**
   * What is worth offering: at least all the amounts (in quanta) of one of these sets. None: whatever is free. Sets that
   * name a resource which no machine has are left out (Mesos: `--min_allocatable_resources`).
   */
  readonly minimum: readonly Amounts[];
  /** By role path, whether it has frameworks or not; others have the largest weight their frameworks came with. */
  readonly weights: ReadonlyMap<RolePath, number>;
  readonly quotas: Quotas;
  /** Names of resources that make no share (Mesos: `--fair_sharing_excluded_resource_names`). */
  readonly fairnessExcluded: ReadonlySet<string>;
  readonly roleSorter: SorterKind;
  readonly frameworkSorter: SorterKind;
  /** Are machines with GPUs kept for frameworks that can use them (Mesos: `--filter_gpu_resources`)? */
  readonly gpuMachines: 'for-gpu-frameworks' | 'for-all';
  /** In which order machines are offered: by rank, or shuffled anew for each stage, as Mesos does. */
  readonly machineOrder: 'rank' | 'random';
}

/** Plain DRF: no weights, no quota, no minimum, machines by rank. */
export const DRF_DEFAULTS: DrfSettings = {
  minimum: [],
  weights: new Map(),
  quotas: new Map(),
  fairnessExcluded: new Set(),
  roleSorter: 'drf',
  frameworkSorter: 'drf',
  gpuMachines: 'for-gpu-frameworks',
  machineOrder: 'rank',
};

/** What the DRF allocator reads of its view, so that a host without tables of machines can serve it as well. */
export type DrfView = Omit<AllocationView, 'space' | 'table'> & {
  readonly space: { readonly names: readonly string[] };
  /** `free[machine * dims + dimension]`. */
  readonly table: { readonly free: Column };
};
