import { type MachineId, type MachineSight, NONE, type TaskClassId } from '../contract.js';
import { byScore, type Placement } from './placement.js';

/** The fitting machine of the lowest rank. Each search begins at the first machine (next-fit would continue where it stopped). */
export const firstFit: Placement = {
  name: 'first-fit',
  skipsUnfit: true,
  prepare: ({ machines }, where) => ({
    best(task) {
      let machine = machines.firstFit(task);
      if (where === undefined) return machine;
      while (machine !== NONE && !where(machine, task)) machine = machines.firstFit(task, machine + 1);
      return machine;
    },
  }),
};

/** The fitting machine with the least left over: the sum, over all dimensions, of shares of its capacity. Lowest rank on ties. */
export const bestFit = byScore({
  name: 'best-fit',
  reads: [],
  anonymous: true,
  make: (see) => (machine, taskClass) => -leftOver(see, machine, taskClass),
});

/** The fitting machine with the most left over: the sum, over all dimensions, of shares of its capacity. Lowest rank on ties. */
export const worstFit = byScore({
  name: 'worst-fit',
  reads: [],
  anonymous: true,
  make: (see) => (machine, taskClass) => leftOver(see, machine, taskClass),
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
  reads: [],
  anonymous: true,
  make: (see) => (machine, taskClass) =>
    -leftOver(see, machine, taskClass) - unevenness(see, machine, taskClass),
});

/** The largest minus the smallest share left after the task, over the dimensions that the machine has. */
function unevenness(see: MachineSight, machine: MachineId, taskClass: TaskClassId): number {
  const { dimensions } = see.space;
  let least = 1;
  let most = 0;
  for (let i = 0; i < dimensions.length; i++) {
    const d = dimensions[i];
    const size = see.capacity(machine, d);
    if (size === 0) continue;
    const share = (see.free(machine, d) - see.demand(taskClass, d)) / size;
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
  draws: true,
  prepare({ machines, random }, where) {
    const isAllowed = (machine: MachineId, task: number) => where === undefined || where(machine, task);
    // Reservoir sampling: the k-th fitting machine replaces the choice with probability 1/k.
    const amongFitting = (task: number) => {
      let chosen = NONE;
      let seen = 0;
      for (let m = machines.firstFit(task); m !== NONE; m = machines.firstFit(task, m + 1)) {
        if (!isAllowed(m, task)) continue;
        seen++;
        if (random() * seen < 1) chosen = m;
      }
      return chosen;
    };
    return {
      best(task) {
        for (let draw = 0; draw < DRAWS; draw++) {
          const machine = Math.floor(random() * machines.count);
          if (machines.whyNot(task, machine) === 'done' && isAllowed(machine, task)) return machine;
        }
        return amongFitting(task);
      },
    };
  },
};

/**
 * The amounts left on a machine after the task: the sum, over all dimensions, of shares of the machine's capacity. Dimensions
 * that the machine does not have are left out.
 */
export function leftOver(see: MachineSight, machine: MachineId, taskClass: TaskClassId): number {
  const { dimensions } = see.space;
  let sum = 0;
  for (let i = 0; i < dimensions.length; i++) {
    const d = dimensions[i];
    const size = see.capacity(machine, d);
    if (size > 0) sum += (see.free(machine, d) - see.demand(taskClass, d)) / size;
  }
  return sum;
}
