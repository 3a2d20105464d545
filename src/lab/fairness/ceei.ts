import { type AllocationProblem, checkProblem, taskShare, weightOf } from './problem.js';
import { solveLinear } from './solve-linear.js';

/**
 * Competitive equilibrium from equal incomes: users trade equal endowments (or ones in proportion to their weights) at prices
 * that clear the market. For tasks with fixed proportions it is the Nash bargaining solution, which maximizes the product of
 * everybody's tasks (Ghodsi et al., "Dominant Resource Fairness", NSDI 2011, section 4.2.2). Tasks per user; none for a user
 * who needs what there is nothing of.
 *
 * Solved for the prices, of which there are as many as resources: the convex dual, minimize
 * `sum of prices - sum of weight * log(price of a task)` over prices >= 0, by projected Newton steps (Bertsekas, "Projected
 * Newton Methods for Optimization Problems with Simple Constraints", SIAM J. Control Optim. 20, 1982). Its gradient is what
 * is left of each resource, as a share; in the optimum that is nothing, or the price is nothing.
 * @throws InputError for what is no problem; see checkProblem.
 */
export function ceei(problem: AllocationProblem): number[] {
  checkProblem(problem);
  const market = marketOf(problem);
  const prices = clearingPrices(market);
  const tasks = problem.users.map(() => 0);
  tasksAt(market, prices).forEach((amount, i) => {
    tasks[market.users[i]] = amount;
  });
  return tasks;
}

/** Users who can have anything, and the shares of each resource that a task of theirs takes. */
interface Market {
  readonly users: readonly number[];
  readonly shares: readonly (readonly number[])[];
  readonly incomes: readonly number[];
  readonly resources: number;
}

function marketOf(problem: AllocationProblem): Market {
  const all = problem.users.map((user) => problem.capacity.map((_, resource) => taskShare(problem, user, resource)));
  const users = [...all.keys()].filter((user) => all[user].every(Number.isFinite));
  return {
    users,
    shares: users.map((user) => all[user]),
    incomes: users.map((user) => weightOf(problem.users[user])),
    resources: problem.capacity.length,
  };
}

/** Beyond this a step cannot make the prices better: what is left is rounding. */
const PRECISION = 1e-15;

const MOST_STEPS = 500;

function clearingPrices(market: Market): number[] {
  const income = market.incomes.reduce((sum, amount) => sum + amount, 0);
  let prices = new Array<number>(market.resources).fill(income / market.resources);
  let best = prices;
  let bestError = Number.POSITIVE_INFINITY;
  for (let step = 0; step < MOST_STEPS && bestError > PRECISION; step++) {
    const left = leftOver(market, prices);
    const error = Math.max(...left.map((share, resource) => Math.abs(Math.min(share, prices[resource] / income))));
    if (error < bestError) [best, bestError] = [prices, error];
    const next = descend(market, prices, newtonStep(market, prices, left));
    if (next === undefined) break;
    prices = next;
  }
  return best;
}
