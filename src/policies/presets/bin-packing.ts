import { monolithicList } from './monolithic-list.js';

/**
 * One pool for all frameworks, packed tight: each task goes to the machine where the least would be left over, summed over
 * all dimensions in shares of the machine's capacity. Tasks that fit nowhere are passed by the tasks behind them.
 *
 * Complexity: machines that changed since a task of the class was placed, per task. Ties: lowest rank. Known limits: no fairness
 * between frameworks; a large task may wait long while small ones pass it.
 */
export const binPacking = monolithicList('bin-packing', { placement: 'best-fit', backfill: 'any' });
