import { type AllocationProblem, mostTasks, type User, weightOf } from './problem.js';
import type { FairnessRule } from './rules.js';
import { amountsUsed, bundleOf, taskShare, tasksIn } from './shares.js';

/** The input of a property test. */
export interface Trial {
  readonly problem: AllocationProblem;
  /** A false demand that the first user could report. */
  readonly claim: readonly number[];
  /** A larger capacity; no entry is below the capacity of the problem. */
  readonly grown: readonly number[];
}

/** A property that a fairness rule may have (Ghodsi et al., "Dominant Resource Fairness", NSDI 2011, Table 2). */
export interface FairnessProperty {
  readonly name: string;
  /** Relative size of the violation in this trial; 0 (except for rounding) when the property holds. */
  offence(rule: FairnessRule, trial: Trial): number;
}

/** No user prefers its own (weighted) part of every resource. */
export const SHARING_INCENTIVE: FairnessProperty = {
  name: 'sharing incentive',
  offence(rule, { problem }) {
    const { capacity, users } = problem;
    const tasks = rule.allocate(problem);
    const weights = users.reduce((sum, user) => sum + weightOf(user), 0);
    return largest(users, (user, i) => {
      const part = capacity.map((amount) => (amount * weightOf(user)) / weights);
      return lack(tasks[i], servedBy(part, user));
    });
  },
};

/** The first user cannot run more of its true tasks by reporting a false demand. */
export const STRATEGY_PROOFNESS: FairnessProperty = {
  name: 'strategy-proofness',
  offence(rule, { problem, claim }) {
    const [liar, ...others] = problem.users;
    const honest = rule.allocate(problem)[0];
    const pretended = { ...liar, demand: claim };
    const granted = rule.allocate({ ...problem, users: [pretended, ...others] })[0];
    return lack(honest, servedBy(bundleOf(pretended, granted), liar));
  },
};

/** No user prefers the (weighted) allocation of another. */
export const ENVY_FREENESS: FairnessProperty = {
  name: 'envy-freeness',
  offence(rule, { problem }) {
    const { users } = problem;
    const tasks = rule.allocate(problem);
    return largest(users, (user, i) =>
      largest(users, (other, j) =>
        lack(tasks[i], servedBy(bundleOf(other, (tasks[j] * weightOf(user)) / weightOf(other)), user)),
      ),
    );
  },
};

/** No user can gain without loss for another: each has all of its tasks or needs an exhausted resource. */
export const PARETO_EFFICIENCY: FairnessProperty = {
  name: 'Pareto efficiency',
  offence(rule, { problem }) {
    const { capacity, users } = problem;
    const tasks = rule.allocate(problem);
    const used = amountsUsed(problem, tasks);
    return largest(users, (user, i) => {
      const scarcest = Math.max(
        ...user.demand.map((amount, resource) => (amount === 0 ? 0 : used[resource] / capacity[resource])),
      );
      return Math.min(1 - scarcest, lack(tasks[i], mostTasks(user)));
    });
  },
};

/** With a single resource, the rule is max-min fairness. */
export const SINGLE_RESOURCE_FAIRNESS: FairnessProperty = {
  name: 'single-resource fairness',
  offence(rule, { problem }) {
    const capacity = problem.capacity.slice(0, 1);
    const users = problem.users
      .filter(({ demand }) => demand[0] > 0)
      .map((user) => ({ ...user, demand: user.demand.slice(0, 1) }));
    return distanceFromMaxMin(rule, { capacity, users });
  },
};

/** With one resource that is dominant for all users, the rule is max-min fairness on it. */
export const BOTTLENECK_FAIRNESS: FairnessProperty = {
  name: 'bottleneck fairness',
  offence(rule, { problem }) {
    return distanceFromMaxMin(rule, {
      ...problem,
      users: problem.users.map((user) => dominantFirst(problem, user)),
    });
  },
};

/** When a user leaves, no remaining user loses. */
export const POPULATION_MONOTONICITY: FairnessProperty = {
  name: 'population monotonicity',
  offence(rule, { problem }) {
    const staying = problem.users.slice(0, -1);
    const before = rule.allocate(problem);
    const after = rule.allocate({ ...problem, users: staying });
    return largest(staying, (_, i) => lack(after[i], before[i]));
  },
};

/** When the pool grows, no user loses. */
export const RESOURCE_MONOTONICITY: FairnessProperty = {
  name: 'resource monotonicity',
  offence(rule, { problem, grown }) {
    const before = rule.allocate(problem);
    const after = rule.allocate({ ...problem, capacity: grown });
    return largest(problem.users, (_, i) => lack(after[i], before[i]));
  },
};

/** Number of tasks of the user that a bundle of resources can run. */
function servedBy(bundle: readonly number[], user: User): number {
  return Math.min(tasksIn(bundle, user.demand), mostTasks(user));
}

/** Shortfall of a number of tasks, relative to the due number. */
function lack(tasks: number, due: number): number {
  if (due === Number.POSITIVE_INFINITY) return 1;
  return due > tasks ? (due - tasks) / due : 0;
}

function largest(users: readonly User[], measure: (user: User, index: number) => number): number {
  return Math.max(0, ...users.map(measure));
}

/** The user with the shares of its dominant resource and of the first one exchanged. */
function dominantFirst(problem: AllocationProblem, user: User): User {
  const shares = user.demand.map((_, resource) => taskShare(problem, user, resource));
  const dominant = shares.indexOf(Math.max(...shares));
  [shares[0], shares[dominant]] = [shares[dominant], shares[0]];
  return { ...user, demand: shares.map((share, resource) => share * problem.capacity[resource]) };
}

/** Largest difference from max-min fairness on the first resource, relative to its capacity. */
function distanceFromMaxMin(rule: FairnessRule, problem: AllocationProblem): number {
  const tasks = rule.allocate(problem);
  const fair = maxMin(
    problem.capacity[0],
    problem.users.map((user) => ({ wants: mostTasks(user) * user.demand[0], weight: weightOf(user) })),
  );
  return largest(
    problem.users,
    (user, i) => Math.abs(tasks[i] * user.demand[0] - fair[i]) / problem.capacity[0],
  );
}

/** A claim on one resource. */
export interface Claim {
  readonly wants: number;
  /** Positive; default 1. */
  readonly weight?: number;
}

/**
 * Max-min fairness on one resource: each claim gets its amount or its weighted share of the rest, whichever
 * is less (water-filling; Bertsekas & Gallager, "Data Networks"). Returns the amount per claim, in the given order and in
 * the unit of the capacity.
 */
export function maxMin(capacity: number, claims: readonly Claim[]): number[] {
  const amounts = claims.map(() => 0);
  const byGreed = claims
    .map(({ wants, weight = 1 }, claim) => ({ claim, wants, weight }))
    .sort((a, b) => a.wants / a.weight - b.wants / b.weight);
  let left = capacity;
  let weights = byGreed.reduce((sum, { weight }) => sum + weight, 0);
  for (const { claim, wants, weight } of byGreed) {
    amounts[claim] = Math.min(wants, (left * weight) / weights);
    left -= amounts[claim];
    weights -= weight;
  }
  return amounts;
}
