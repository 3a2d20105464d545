import { monolithicList } from './monolithic-list.js';

/**
 * Fragmentation gradient descent: one pool, each task to the machine and device where it adds least to the free GPU that the
 * typical tasks of the workload could not use. Typical are the most frequent shapes, up to 95 % of the tasks, from a look
 * through the workload beforehand. Tasks that fit nowhere are passed.
 *
 * Complexity: machines that changed since a task of the class was placed x their devices x typical tasks, per task. Ties: lowest
 * rank; see `ties`. Known limits: its lead over best fit rests on the tie rule; without GPUs it is first fit.
 * Source: Weng et al., "Beware of Fragmentation", USENIX ATC 2023; `simulate reproduce openb` checks it.
 */
export const fgd = monolithicList('fgd', { placement: 'fgd', backfill: 'any' });
