import { monolithicList } from './monolithic-list.js';

/**
 * First come, first served: the task at the head of the queue starts when it fits, and nobody passes it.
 *
 * Complexity: one placement per started task. Ties: queue order; machines by lowest rank. Known limit: a wide job at the
 * head leaves the cluster idle.
 */
export const fcfs = monolithicList('fcfs', { placement: 'first-fit', backfill: 'none' });
