import { monolithicList } from './monolithic-list.js';

/**
 * Random of the openb study: each task goes to any machine that fits, a share of a GPU to any device that fits, each with the
 * same probability: what other packing policies are measured against. Tasks that fit nowhere are passed.
 *
 * Complexity: machines that fit, per task. Ties: none, all is drawn from the run's stream. Known limit: spreads tasks wide, so
 * that tasks of several whole GPUs find no room early.
 * Source: Weng et al., "Beware of Fragmentation", USENIX ATC 2023, section 6; `simulate reproduce openb` checks it.
 */
export const gpuRandom = monolithicList('gpu-random', { placement: 'gpu-random', backfill: 'any' });
