import { InputError } from '../../model/index.js';

/** Somebody who runs as many tasks of one kind as possible. */
export interface User {
  readonly name: string;
  /** What one task takes of each resource, in the units of the capacity; one entry per resource. */
  readonly demand: readonly number[];
  /** How much it counts against the others; 1 when left out. */
  readonly weight?: number;
}

/**
 * Who gets how much of a pool of several resources (Ghodsi et al., "Dominant Resource Fairness", NSDI 2011, section 4). Every
 * user's tasks take resources in fixed proportions, and every user would take any number of tasks.
 */
export interface AllocationProblem {
  /** What there is of each resource. */
  readonly capacity: readonly number[];
  readonly users: readonly User[];
}

/** The weight of a user. */
export function weightOf(user: User): number {
  return user.weight ?? 1;
}

/** The share of a resource that one task takes; 0 where none is asked for, Infinity where there is none of what is. */
export function taskShare(problem: AllocationProblem, user: User, resource: number): number {
  const demand = user.demand[resource];
  return demand === 0 ? 0 : demand / problem.capacity[resource];
}

/**
 * @throws InputError when an amount is negative or no number, a demand has not one entry per resource, a user asks for
 * nothing at all, or a weight is not above 0.
 */
export function checkProblem({ capacity, users }: AllocationProblem): void {
  if (!capacity.every(isAmount))
    throw InputError.expected({ field: 'capacity' }, capacity.join(', '), 'amounts of at least 0');
  for (const user of users) {
    const { name, demand } = user;
    if (demand.length !== capacity.length || !demand.every(isAmount) || demand.every((amount) => amount === 0))
      throw InputError.expected(
        { field: `demand of ${name}` },
        demand.join(', '),
        `${capacity.length} amounts of at least 0, not all of them 0`,
      );
    if (!(weightOf(user) > 0 && Number.isFinite(weightOf(user))))
      throw InputError.expected({ field: `weight of ${name}` }, weightOf(user), 'a weight above 0');
  }
}

function isAmount(value: number): boolean {
  return value >= 0 && Number.isFinite(value);
}
