import { monolithicList } from './monolithic-list.js';

/**
 * DotProd of the openb study: one pool, each task to the machine whose free CPU and GPU have the smallest dot product with what
 * the task asks for. Tasks that fit nowhere are passed.
 *
 * Complexity: machines that changed since a task of the class was placed, per task. Ties: lowest rank; see `ties`. Known limit:
 * it sees the sum over a machine's GPUs, not how it is spread over them.
 * Source: Weng et al., "Beware of Fragmentation", USENIX ATC 2023, section 6, after Grandl et al., "Tetris", SIGCOMM 2014;
 * `simulate reproduce openb` checks it.
 */
export const dotProduct = monolithicList('dot-product', { placement: 'dot-product', backfill: 'any' });
