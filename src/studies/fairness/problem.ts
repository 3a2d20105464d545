import { InputError } from '../../model/index.js';

/** A user that runs as many equal tasks as possible. */
export interface User {
  readonly name: string;
  /** Demand of one task, one entry per resource, in the units of the capacity. */
  readonly demand: readonly number[];
  /** Weight relative to the other users; default 1. */
  readonly weight?: number;
  /** Number of tasks; default unlimited. */
  readonly tasks?: number;
}

/**
 * An allocation problem for a pool of several resources (Ghodsi et al., "Dominant Resource Fairness", NSDI 2011). The
 * tasks of a user demand resources in fixed proportions.
 */
export interface AllocationProblem {
  /** Capacity of each resource. */
  readonly capacity: readonly number[];
  readonly users: readonly User[];
}

/** The weight of a user, without a unit. */
export function weightOf(user: User): number {
  return user.weight ?? 1;
}

/** The number of tasks of a user; Infinity when unlimited. */
export function mostTasks(user: User): number {
  return user.tasks ?? Number.POSITIVE_INFINITY;
}

/**
 * @throws InputError when an amount is negative or not finite, a demand does not have one entry per resource, a demand is 0 for
 * all resources, a weight is not positive, or a number of tasks is negative.
 */
export function checkProblem({ capacity, users }: AllocationProblem): void {
  if (!capacity.every(isAmount))
    throw InputError.expected({ field: 'capacity' }, capacity.join(', '), 'amounts of at least 0');
  for (const user of users) checkUser(user, capacity.length);
}

function checkUser(user: User, resources: number): void {
  const { name, demand } = user;
  if (demand.length !== resources || !demand.every(isAmount) || demand.every((amount) => amount === 0))
    throw InputError.expected(
      { field: `demand of ${name}` },
      demand.join(', '),
      `${resources} amounts of at least 0, not all of them 0`,
    );
  if (!(weightOf(user) > 0 && Number.isFinite(weightOf(user))))
    throw InputError.expected({ field: `weight of ${name}` }, weightOf(user), 'a weight above 0');
  if (!(mostTasks(user) >= 0))
    throw InputError.expected({ field: `tasks of ${name}` }, mostTasks(user), 'a number of at least 0');
}

function isAmount(value: number): boolean {
  return value >= 0 && Number.isFinite(value);
}
