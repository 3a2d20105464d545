import type { FreeTable, MachineId, TaskClassId } from '../../model/index.js';
import { byScore } from './by-score.js';
import { FragmentationDescent } from './fragmentation-descent.js';
import type { Placement } from './placement.js';
import type { Ties } from './ties.js';
import { type TypicalTask, typicalTasks } from './typical-tasks.js';

/**
 * Fragmentation gradient descent: the machine, and for a share of a GPU the device, on which the fragmentation that the typical
 * tasks of the workload would meet grows least, as a whole number from 0 to 100. Without a task mix nothing is a
 * fragment, and all machines are equal.
 * Source: Weng et al., "Beware of Fragmentation", USENIX ATC 2023; hkust-adsl/kubernetes-scheduler-simulator 8f3d641.
 */
export const fgd = fgdUnder('lowest-rank', []);

function fgdUnder(ties: Ties, typical: readonly TypicalTask[]): Placement {
  const descent = new FragmentationDescent(typical, ties);
  const score = (table: FreeTable, machine: MachineId, taskClass: TaskClassId) =>
    descent.score(table, machine, taskClass);
  return {
    ...byScore({ name: 'fgd', pure: true, score }, ties),
    needs: 'task mix',
    devices: (view, task, machine) =>
      descent.bestDevices(view.machines.table, machine, view.tasks.taskClass[task]),
    forRun: (terms) => fgdUnder(terms.ties, typicalTasks(terms.taskMix, terms.space)),
  };
}
