import { type AllocationProblem, mostTasks, type User, weightOf } from './problem.js';
import type { FairnessRule } from './rules.js';
import { amountsUsed, bundleOf, taskShare, tasksIn } from './shares.js';

/** What a property is tried on. */
export interface Trial {
  readonly problem: AllocationProblem;
  /** What the first user might claim to need, in place of its true demand. */
  readonly claim: readonly number[];
  /** What the pool might grow to: no entry below that of the capacity. */
  readonly grown: readonly number[];
}

/** A property that a fairness rule may have (Ghodsi et al., "Dominant Resource Fairness", NSDI 2011, Table 2). */
export interface FairnessProperty {
  readonly name: string;
  /** By how much the rule offends against it in this trial, as a share of what should be; 0 or rounding when it does not. */
  offence(rule: FairnessRule, trial: Trial): number;
}

/** Nobody would rather have its (weighted) part of every resource for itself. */
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

/** The first user runs no more of its true tasks when it claims to need something else. */
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

/** Nobody would rather have what another has (per weight). */
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

/** Nobody could have more without another having less: everybody has all of its tasks, or needs what is used up. */
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

/** With one resource that is dominant for everybody, the rule is max-min fairness on it. */
export const BOTTLENECK_FAIRNESS: FairnessProperty = {
  name: 'bottleneck fairness',
  offence(rule, { problem }) {
    return distanceFromMaxMin(rule, {
      ...problem,
      users: problem.users.map((user) => dominantFirst(problem, user)),
    });
  },
};

/** When a user goes, nobody who stays has less. */
export const POPULATION_MONOTONICITY: FairnessProperty = {
  name: 'population monotonicity',
  offence(rule, { problem }) {
    const staying = problem.users.slice(0, -1);
    const before = rule.allocate(problem);
    const after = rule.allocate({ ...problem, users: staying });
    return largest(staying, (_, i) => lack(after[i], before[i]));
  },
};

/** When the pool grows, nobody has less. */
export const RESOURCE_MONOTONICITY: FairnessProperty = {
  name: 'resource monotonicity',
  offence(rule, { problem, grown }) {
    const before = rule.allocate(problem);
    const after = rule.allocate({ ...problem, capacity: grown });
    return largest(problem.users, (_, i) => lack(after[i], before[i]));
  },
};

/** How many of its tasks a bundle serves. */
function servedBy(bundle: readonly number[], user: User): number {
  return Math.min(tasksIn(bundle, user.demand), mostTasks(user));
}

/** By how much the number of tasks falls short of the one that is due, as a share of it. */
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

/** How far the rule is from max-min fairness on the first resource, as a share of it. */
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

/** Somebody who wants so much of one resource and no more. */
export interface Claim {
  readonly wants: number;
  /** Above 0; 1 when left out. */
  readonly weight?: number;
}

/**
 * Max-min fairness on one resource: everybody gets what it wants or its weighted share of what the modest leave, whichever
 * is less (water-filling; Bertsekas & Gallager, "Data Networks"). Amount per claim, in the order given and the
 * unit of the capacity.
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
