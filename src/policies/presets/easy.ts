import { monolithicList } from './monolithic-list.js';

/**
 * EASY backfilling: first come, first served, but tasks behind a head that does not fit may start if, by the users'
 * estimates, they do not delay it: they end before the head can start, or use only what it leaves.
 *
 * Complexity: waiting tasks + running tasks of the machines, per pass. Ties: the order of the queue; machines by lowest rank.
 * Known limits: only the head has a reservation; GPU devices count as an amount in it, not one by one.
 * Source: Lifka, "The ANL/IBM SP scheduling system", JSSPP 1995; Mu'alem & Feitelson, IEEE TPDS 12 (6), 2001;
 * `simulate reproduce swf` checks it.
 */
export const easy = monolithicList('easy', { placement: 'first-fit', backfill: 'easy' });
