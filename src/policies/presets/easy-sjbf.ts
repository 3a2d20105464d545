import { monolithicList } from './monolithic-list.js';

/**
 * EASY backfilling with shortest job backfilled first: as easy, but the tasks behind a blocked head are tried in order of the
 * users' estimates. The queue itself keeps its order.
 *
 * Complexity: as easy, and keeping the sorted queue costs O(log n) per task that joins or leaves it.
 * Ties: equal estimates in the order of the queue; machines as easy.
 * Limits: as easy.
 * Source: Tsafrir, Etsion & Feitelson, "Backfilling using system-generated predictions rather than user runtime estimates",
 * IEEE TPDS 18 (6), 2007; `simulate reproduce swf` checks it.
 */
export const easySjbf = monolithicList('easy-sjbf', {
  placement: 'first-fit',
  backfill: 'easy',
  behind: 'shortest',
});
