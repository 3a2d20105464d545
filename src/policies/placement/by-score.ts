import type { MachineScore } from '../../model/index.js';
import type { Placement } from './placement.js';

/** The fitting machine with the highest score; the lowest rank wins ties. */
export function byScore(score: MachineScore): Placement {
  return {
    name: score.name,
    choose: (view, task) => view.machines.best(view.tasks.taskClass[task], score),
  };
}
