import type { AllocationProblem, User } from './problem.js';

/** The share of a resource that one task demands; 0 without demand. With demand, it is Infinity when the capacity is 0. */
export function taskShare({ capacity }: AllocationProblem, user: User, resource: number): number {
  const demand = user.demand[resource];
  return demand === 0 ? 0 : demand / capacity[resource];
}

/** The dominant share of one task of the user. */
export function dominantTaskShare(problem: AllocationProblem, user: User): number {
  return Math.max(...user.demand.map((_, resource) => taskShare(problem, user, resource)));
}

/** The sum of the shares of all resources that one task of the user demands: its price if the capacity of each resource costs 1. */
export function summedTaskShare(problem: AllocationProblem, user: User): number {
  return user.demand.reduce((sum, _, resource) => sum + taskShare(problem, user, resource), 0);
}

/**
 * The dominant share of a user with this number of tasks. Tasks are multiplied by demand before the division, so that equal
 * fractions of integers are equal floating-point numbers.
 */
export function dominantShare({ capacity }: AllocationProblem, { demand }: User, tasks: number): number {
  return Math.max(
    ...demand.map((amount, resource) => (amount === 0 ? 0 : (tasks * amount) / capacity[resource])),
  );
}

/** The amount of each resource that these tasks (one number per user) demand, in the units of the capacity. */
export function amountsUsed({ capacity, users }: AllocationProblem, tasks: readonly number[]): number[] {
  return capacity.map((_, resource) =>
    users.reduce((sum, { demand }, user) => sum + tasks[user] * demand[resource], 0),
  );
}

/** The resources of a user with this number of tasks, in the units of the capacity. */
export function bundleOf({ demand }: User, tasks: number): number[] {
  return demand.map((amount) => tasks * amount);
}

/** Number of tasks with this demand that a bundle of resources can run, fractions allowed. */
export function tasksIn(bundle: readonly number[], demand: readonly number[]): number {
  return Math.min(
    ...demand.map((amount, resource) =>
      amount === 0 ? Number.POSITIVE_INFINITY : bundle[resource] / amount,
    ),
  );
}
