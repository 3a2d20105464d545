import { monolithicList } from './monolithic-list.js';

/**
 * Shortest job first, skipping: every waiting task that fits starts, in order of the users' estimates, without any
 * reservation. A different policy from sjf, though both go by that name.
 *
 * Complexity: waiting tasks, per pass. Ties: the order of the queue; machines by lowest rank. Known limit: wide or long tasks
 * may starve.
 */
export const sjfSkip = monolithicList('sjf-skip', {
  order: 'shortest',
  placement: 'first-fit',
  backfill: 'any',
});
