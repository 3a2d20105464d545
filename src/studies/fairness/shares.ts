import type { AllocationProblem, User } from './problem.js';

/** The share of a resource that one task takes; 0 without demand, Infinity when the capacity is 0. */
export function taskShare({ capacity }: AllocationProblem, user: User, resource: number): number {
  const demand = user.demand[resource];
  return demand === 0 ? 0 : demand / capacity[resource];
}

/** The largest share of any resource that one task of the user takes. */
export function dominantTaskShare(problem: AllocationProblem, user: User): number {
  return Math.max(...user.demand.map((_, resource) => taskShare(problem, user, resource)));
}

/** The sum of the shares of all resources that one task of the user takes: its price when all of each resource costs 1. */
export function summedTaskShare(problem: AllocationProblem, user: User): number {
  return user.demand.reduce((sum, _, resource) => sum + taskShare(problem, user, resource), 0);
}

/**
 * The dominant share of a user with this number of tasks. Tasks are multiplied by demand before the division, so that equal
 * fractions of whole amounts are equal numbers.
 */
export function dominantShare({ capacity }: AllocationProblem, { demand }: User, tasks: number): number {
  return Math.max(
    ...demand.map((amount, resource) => (amount === 0 ? 0 : (tasks * amount) / capacity[resource])),
  );
}

/** What all of these tasks (one number per user) take of each resource, in the units of the capacity. */
export function amountsUsed({ capacity, users }: AllocationProblem, tasks: readonly number[]): number[] {
  return capacity.map((_, resource) =>
    users.reduce((sum, { demand }, user) => sum + tasks[user] * demand[resource], 0),
  );
}

/** What a user has of each resource with so many tasks, in the units of the capacity. */
export function bundleOf({ demand }: User, tasks: number): number[] {
  return demand.map((amount) => tasks * amount);
}

/** How many tasks of this demand a bundle of resources serves, fractions allowed. */
export function tasksIn(bundle: readonly number[], demand: readonly number[]): number {
  return Math.min(
    ...demand.map((amount, resource) =>
      amount === 0 ? Number.POSITIVE_INFINITY : bundle[resource] / amount,
    ),
  );
}
