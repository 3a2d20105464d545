import { type FreeTable, type MachineId, NONE, type TaskClassId } from '../../model/index.js';
import type { SchedulingView } from '../contract.js';
import { byScore, type Placement } from './placement.js';

/** The fitting machine of the lowest rank. Each search begins at the first machine (next-fit would continue where it stopped). */
export const firstFit: Placement = {
  name: 'first-fit',
  choose: (view, task) => view.machines.firstFit(view.tasks.taskClass[task]),
};

/** The fitting machine with the least left over: the sum, over all dimensions, of shares of its capacity. Lowest rank on ties. */
export const bestFit = byScore({
  name: 'best-fit',
  pure: true,
  score: (table, machine, taskClass) => -leftOver(table, machine, taskClass),
});

/** The fitting machine with the most left over: the sum, over all dimensions, of shares of its capacity. Lowest rank on ties. */
export const worstFit = byScore({
  name: 'worst-fit',
  pure: true,
  score: leftOver,
});

/**
 * Best fit that avoids stranded resources: the fitting machine with the lowest sum of left-over and unevenness. Unevenness is
 * the difference between the largest and the smallest share left. A machine is bad when it has much of one resource left
 * and little of the others.
 *
 * Borg's hybrid is described in words only ("tries to reduce the amount of stranded resources", Verma et al., EuroSys
 * 2015, section 3.2, where it packs 3 to 5 % better than best fit). The formula is ours.
 */
export const hybrid = byScore({
  name: 'hybrid',
  pure: true,
  score: (table, machine, taskClass) =>
    -leftOver(table, machine, taskClass) - unevenness(table, machine, taskClass),
});

/** The largest minus the smallest share left after the task, over the dimensions that the machine has. */
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

/** Number of draws before the fallback, a walk through all fitting machines. */
const DRAWS = 64;

/**
 * A random fitting machine, all with the same probability. Machines are drawn until one fits, which is fast unless few do.
 * After 64 draws in vain, one of the fitting machines is drawn. The probability is the same either way. This is the
 * randomized first fit of the Omega paper's simulator, which removes a machine from the pool when it does not fit.
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

/**
 * The amounts left on a machine after the task: the sum, over all dimensions, of shares of the machine's capacity. Dimensions
 * that the machine does not have are left out.
 */
export function leftOver(table: FreeTable, machine: MachineId, taskClass: TaskClassId): number {
  const dims = table.dims;
  const capacity = table.machines.capacity;
  const demand = table.classes.demand;
  const row = machine * dims;
  const want = taskClass * dims;
  let sum = 0;
  for (let d = 0; d < dims; d++) {
    const size = capacity[row + d];
    if (size > 0) sum += (table.free[row + d] - demand[want + d]) / size;
  }
  return sum;
}
