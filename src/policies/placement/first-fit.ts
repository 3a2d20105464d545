import type { Placement } from './placement.js';

/** The fitting machine of the lowest rank. Always from the first machine on (next-fit goes on where it stopped; this does not). */
export const firstFit: Placement = {
  name: 'first-fit',
  choose: (view, task) => view.machines.firstFit(view.tasks.taskClass[task]),
};
