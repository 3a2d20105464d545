import type { FreeTable, MachineId, TaskClassId } from '../../model/index.js';
import { byScore } from './by-score.js';
import { leftOver } from './left-over.js';

/**
 * Best fit that looks at what gets stranded: of the fitting machines the one where the least would be left over and what is
 * left is the most even over the dimensions, so that no resource is left without the others that a task needs with it.
 *
 * Borg's own hybrid is described in words only ("tries to reduce the amount of stranded resources", Verma et al., EuroSys
 * 2015, section 3.2, where it packs 3 to 5 % better than best fit); the formula, left over + unevenness, is ours.
 */
export const hybrid = byScore({
  name: 'hybrid',
  pure: true,
  score: (table, machine, taskClass) =>
    -leftOver(table, machine, taskClass) - unevenness(table, machine, taskClass),
});

/** Difference between the largest and the smallest share that would be left, over the dimensions that the machine has. */
function unevenness(table: FreeTable, machine: MachineId, taskClass: TaskClassId): number {
  const { dims, classes } = table;
  const { capacity } = table.machines;
  let least = 1;
  let most = 0;
  for (let d = 0; d < dims; d++) {
    const size = capacity[machine * dims + d];
    if (size === 0) continue;
    const share = (table.free[machine * dims + d] - classes.demand[taskClass * dims + d]) / size;
    if (share < least) least = share;
    if (share > most) most = share;
  }
  return most > least ? most - least : 0;
}
