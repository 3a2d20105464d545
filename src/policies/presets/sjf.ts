import { monolithicList } from './monolithic-list.js';

/**
 * Shortest job first, with a blocking head: the waiting task with the shortest user's estimate starts when it fits, and nobody
 * passes it.
 *
 * Complexity: one placement per started task. Ties: the order of the queue; machines by lowest rank. Known limits: long tasks
 * may starve; a wide short task at the head leaves the cluster idle.
 */
export const sjf = monolithicList('sjf', { order: 'shortest', placement: 'first-fit', backfill: 'none' });
