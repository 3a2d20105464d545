import { type AllocationProblem, taskShare, type User } from './problem.js';

/** The largest share of any resource that one task of the user takes. */
export function dominantTaskShare(problem: AllocationProblem, user: User): number {
  return Math.max(...user.demand.map((_, resource) => taskShare(problem, user, resource)));
}

/** The sum of the shares of all resources that one task of the user takes: its price when all of each resource costs 1. */
export function summedTaskShare(problem: AllocationProblem, user: User): number {
  return user.demand.reduce((sum, _, resource) => sum + taskShare(problem, user, resource), 0);
}

/**
 * The dominant share of each user with so many tasks. Tasks are multiplied by demand before the division, so that equal
 * fractions of whole amounts are equal numbers.
 */
export function dominantShares({ capacity, users }: AllocationProblem, tasks: readonly number[]): number[] {
  return users.map(({ demand }, user) =>
    Math.max(
      ...demand.map((amount, resource) => (amount === 0 ? 0 : (tasks[user] * amount) / capacity[resource])),
    ),
  );
}

/** What all of these tasks take of each resource. */
export function amountsUsed({ capacity, users }: AllocationProblem, tasks: readonly number[]): number[] {
  return capacity.map((_, resource) =>
    users.reduce((sum, { demand }, user) => sum + tasks[user] * demand[resource], 0),
  );
}

/** What each user has of each resource: `[user][resource]`. */
export function bundles({ users }: AllocationProblem, tasks: readonly number[]): number[][] {
  return users.map(({ demand }, user) => demand.map((amount) => tasks[user] * amount));
}

/** How many tasks of this demand a bundle of resources serves. */
export function tasksIn(bundle: readonly number[], demand: readonly number[]): number {
  return Math.min(
    ...demand.map((amount, resource) => (amount === 0 ? Number.POSITIVE_INFINITY : bundle[resource] / amount)),
  );
}
