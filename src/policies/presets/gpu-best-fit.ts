import { monolithicList } from './monolithic-list.js';

/**
 * BestFit of the openb study: one pool, each task to the machine with the least CPU and GPU left over (one half each, a
 * whole number from 0 to 100), on the GPU devices with the least left that suffice. Tasks that fit nowhere are passed.
 *
 * Complexity: machines that changed since a task of the class was placed, per task. Ties: lowest rank; see `ties`.
 * Source: Weng et al., "Beware of Fragmentation", USENIX ATC 2023, section 6; `simulate reproduce openb` checks it.
 */
export const gpuBestFit = monolithicList('gpu-best-fit', { placement: 'gpu-best-fit', backfill: 'any' });
