import type { Column } from '../../../model/index.js';
import type { AllocationView } from '../../contract.js';

/** What the DRF allocator reads of its view, so that a host without tables of machines can serve it as well. */
export type DrfView = Omit<AllocationView, 'space' | 'table'> & {
  readonly space: { readonly names: readonly string[] };
  /** `free[machine * dims + dimension]`. */
  readonly table: { readonly free: Column };
};
