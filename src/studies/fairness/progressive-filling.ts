import { type AllocationProblem, checkProblem, mostTasks, type User, weightOf } from './problem.js';
import { dominantTaskShare } from './shares.js';

/**
 * Raises `cost * tasks / weight` of all users equally. A user stops when it has all of its tasks or demands an exhausted
 * resource; the others continue until none can grow. The result is the lexicographic max-min of that quantity (Ghodsi et
 * al., NSDI 2011; for demands that may be 0, Parkes, Procaccia & Shah, EC 2012). Returns tasks per user,
 * fractions allowed.
 *
 * `cost` is the cost of one task of the user; with cost Infinity, the user gets no task. At most users + resources rounds.
 * @throws InputError for an invalid problem; see checkProblem.
 */
export function fillProgressively(problem: AllocationProblem, cost: (user: User) => number): number[] {
  checkProblem(problem);
  const { users } = problem;
  const rates = users.map((user) => weightOf(user) / cost(user));
  const state: Filling = {
    tasks: users.map(() => 0),
    left: [...problem.capacity],
    isUsedUp: problem.capacity.map((amount) => amount === 0),
    hasAll: users.map((user, i) => mostTasks(user) === 0 || rates[i] === 0),
  };
  while (raise(users, rates, state));
  return state.tasks;
}

/** State of the filling. */
interface Filling {
  readonly tasks: number[];
  readonly left: number[];
  readonly isUsedUp: boolean[];
  readonly hasAll: boolean[];
}

/** Raises all growing users until a resource or the tasks of a user are exhausted. @returns false when no user can grow. */
function raise(users: readonly User[], rates: readonly number[], state: Filling): boolean {
  const { tasks, left, isUsedUp, hasAll } = state;
  const speeds = users.map((user, i) =>
    hasAll[i] || user.demand.some((amount, resource) => amount > 0 && isUsedUp[resource]) ? 0 : rates[i],
  );
  const drains = left.map((_, resource) =>
    users.reduce((sum, { demand }, i) => sum + speeds[i] * demand[resource], 0),
  );
  const untilAll = users.map((user, i) => timeUntil(mostTasks(user) - tasks[i], speeds[i]));
  const untilUsedUp = left.map((amount, resource) => timeUntil(amount, drains[resource]));
  const rise = Math.min(...untilAll, ...untilUsedUp);
  if (rise === Number.POSITIVE_INFINITY) return false;
  users.forEach((user, i) => {
    tasks[i] += speeds[i] * rise;
    // The limit that ended the step is reached exactly; a rounding remainder is ignored.
    if (untilAll[i] > rise) return;
    hasAll[i] = true;
    tasks[i] = mostTasks(user);
  });
  left.forEach((amount, resource) => {
    left[resource] = Math.max(0, amount - drains[resource] * rise);
    if (untilUsedUp[resource] <= rise) isUsedUp[resource] = true;
  });
  return true;
}

function timeUntil(amount: number, speed: number): number {
  return speed > 0 ? amount / speed : Number.POSITIVE_INFINITY;
}

/**
 * Dominant-resource fairness of divisible tasks: max-min fairness of the weighted dominant shares (Ghodsi et al., "Dominant
 * Resource Fairness", NSDI 2011). Returns tasks per user.
 * @throws InputError for an invalid problem; see checkProblem.
 */
export function drf(problem: AllocationProblem): number[] {
  return fillProgressively(problem, (user) => dominantTaskShare(problem, user));
}
