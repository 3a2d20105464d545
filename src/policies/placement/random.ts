import { NONE } from '../../model/index.js';
import type { Placement } from './placement.js';

/** Any fitting machine, each with the same probability, drawn from the run's stream for policies. */
export const randomFit: Placement = {
  name: 'random',
  choose(view, task) {
    const { machines } = view;
    const taskClass = view.tasks.taskClass[task];
    let chosen = NONE;
    let seen = 0;
    // Reservoir sampling: the k-th fitting machine replaces the choice with probability 1/k.
    for (let m = machines.firstFit(taskClass); m !== NONE; m = machines.firstFit(taskClass, m + 1)) {
      seen++;
      if (view.random() * seen < 1) chosen = m;
    }
    return chosen;
  },
};
