import { type MachineId, NONE, type TaskClassId } from '../../model/index.js';
import type { SchedulingView } from '../contract.js';
import type { Placement } from './placement.js';

/** So many draws are tried before all machines that fit are gone through. */
const DRAWS = 64;

/**
 * Any fitting machine, each with the same probability, drawn from the run's stream for policies. Machines are drawn until one
 * fits, which is quick unless few do; then one of those that fit is drawn. Either way each has the same chance. It is the
 * randomized first fit of the Omega paper's simulator, which draws from a pool that machines that do not fit leave.
 */
export const randomFit: Placement = {
  name: 'random',
  choose(view, task) {
    const { machines, random } = view;
    const taskClass = view.tasks.taskClass[task];
    for (let draw = 0; draw < DRAWS; draw++) {
      const machine = Math.floor(random() * machines.count);
      if (machines.fits(machine, taskClass)) return machine;
    }
    return amongFitting(view, taskClass);
  },
};

/** Reservoir sampling: the k-th fitting machine replaces the choice with probability 1/k. */
function amongFitting({ machines, random }: SchedulingView, taskClass: TaskClassId): MachineId {
  let chosen = NONE;
  let seen = 0;
  for (let m = machines.firstFit(taskClass); m !== NONE; m = machines.firstFit(taskClass, m + 1)) {
    seen++;
    if (random() * seen < 1) chosen = m;
  }
  return chosen;
}
