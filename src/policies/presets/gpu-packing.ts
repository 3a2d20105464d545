import { monolithicList } from './monolithic-list.js';

/**
 * GpuPacking of the openb study: one pool, each task first onto GPUs that are in use, then onto idle GPUs of machines in use,
 * last onto idle machines. Tasks that fit nowhere are passed.
 *
 * Complexity: machines that changed since a task of the class was placed, per task. Ties: lowest rank; see `ties`. Known limit:
 * CPU is not looked at.
 * Source: Weng et al., "Beware of Fragmentation", USENIX ATC 2023, section 6; `simulate reproduce openb` checks it.
 */
export const gpuPacking = monolithicList('gpu-packing', { placement: 'gpu-packing', backfill: 'any' });
