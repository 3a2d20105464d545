import type { Policy } from '../policy.js';
import { conservativeScheduler } from '../schedulers/conservative.js';

/**
 * Conservative backfilling: every waiting task holds a reservation at the earliest time that delays nobody before it, by the
 * users' estimates. When something ends, all that have not started are placed again in the order of the queue.
 *
 * Complexity: waiting tasks x steps of the plan, whenever something ended. Ties: the order of the queue; machines by lowest rank.
 * Known limits: a plan per machine makes it slow on thousands of machines; GPU devices count as an amount in it.
 * Source: Mu'alem & Feitelson, IEEE TPDS 12 (6), 2001; the order of re-placing is that of pyss; `simulate reproduce swf` checks it.
 */
export const conservative: Policy = {
  name: 'conservative',
  parameters: [],
  build: () => ({ architecture: 'monolithic', scheduler: conservativeScheduler('conservative') }),
};
