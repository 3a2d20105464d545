import { monolithicList } from './monolithic-list.js';

/**
 * One pool with priorities, after Borg: the most important task is tried first, on the machine that its hybrid of best fit
 * and even left-overs prefers; where it fits nowhere it takes the place of running tasks of lower bands, which run again
 * from zero. What fits passes what does not.
 *
 * Complexity: one placement per task class and pass; running tasks of all machines per task that may preempt. Ties: equal
 * priorities in the order of the queue; machines by lowest rank; of the machines to make room on, see the scheduler part.
 * Known limits: no round robin between users within a priority, no reclamation of reserved but unused resources, and no quota;
 * with `bands=` empty every priority is a band of its own (`bands=100,116,120,360` are those of the 2019 trace).
 * Source: Verma et al., "Large-scale cluster management at Google with Borg", EuroSys 2015, sections 2.5 and 3.2; bands after
 * Tirmazi et al., "Borg: the Next Generation", EuroSys 2020.
 */
export const borg = monolithicList('borg', {
  order: 'priority',
  placement: 'hybrid',
  backfill: 'any',
  preempts: true,
});
