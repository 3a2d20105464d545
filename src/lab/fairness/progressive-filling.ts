import { type AllocationProblem, checkProblem, type User, weightOf } from './problem.js';

/**
 * Raises `cost * tasks / weight` of all users together until some resource is used up, then goes on with those that need
 * nothing of it, until nobody can have more: the lexicographic max-min of that quantity (Ghodsi et al., NSDI 2011, section 4.1,
 * for demands that may be 0). Returns tasks per user, fractions allowed.
 *
 * `cost` is what a task of the user counts; a user whose task counts Infinity gets none. Users x resources^2 steps.
 * @throws InputError for what is no problem; see checkProblem.
 */
export function fillProgressively(problem: AllocationProblem, cost: (user: User) => number): number[] {
  checkProblem(problem);
  const { capacity, users } = problem;
  const tasks = users.map(() => 0);
  const left = [...capacity];
  const rates = users.map((user) => weightOf(user) / cost(user));
  const full = capacity.map((amount) => amount === 0);
  for (;;) {
    const growing = users.map(({ demand }) => demand.every((amount, resource) => amount === 0 || !full[resource]));
    const speeds = capacity.map((_, resource) => speedOf(resource, users, rates, growing));
    const rise = Math.min(
      ...left.map((amount, resource) => (speeds[resource] > 0 ? amount / speeds[resource] : Number.POSITIVE_INFINITY)),
    );
    if (rise === Number.POSITIVE_INFINITY) return tasks;
    users.forEach((_, user) => {
      if (growing[user]) tasks[user] += rates[user] * rise;
    });
    speeds.forEach((speed, resource) => {
      // What limits the rise is used up by definition, whatever rounding leaves of it.
      if (speed > 0 && left[resource] / speed <= rise) full[resource] = true;
      left[resource] = Math.max(0, left[resource] - speed * rise);
    });
  }
}

/** How fast a resource is used up while the growing users rise. */
function speedOf(
  resource: number,
  users: readonly User[],
  rates: readonly number[],
  growing: readonly boolean[],
): number {
  return users.reduce((sum, { demand }, user) => sum + (growing[user] ? rates[user] * demand[resource] : 0), 0);
}
