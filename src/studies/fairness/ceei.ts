import { type AllocationProblem, checkProblem, mostTasks, weightOf } from './problem.js';
import { dominantTaskShare, taskShare } from './shares.js';

/**
 * Competitive equilibrium from equal incomes: users trade equal (or weighted) endowments at prices that clear the market. For
 * tasks with fixed proportions it is the Nash bargaining solution. It maximizes the product over users of `tasks ^ weight`
 * (Ghodsi et al., "Dominant Resource Fairness", NSDI 2011). Returns tasks per user, fractions allowed; 0 for a user who
 * demands a resource with capacity 0.
 *
 * The prices are computed. In the equilibrium a user buys `income / price of a task` tasks, and each resource has price 0 or slack
 * 0 (complementary slackness). The method is a primal-dual interior-point method (Wright, "Primal-Dual Interior-Point Methods",
 * SIAM 1997): Newton steps towards `left * price = gap` with a gap that goes to 0. The maximum number of tasks of a user is modelled
 * as a private resource. About 30 steps of (resources + bounded users)^2 x users.
 * @throws InputError for an invalid problem; see checkProblem.
 */
export function ceei(problem: AllocationProblem): number[] {
  checkProblem(problem);
  const served = [...problem.users.keys()].filter((user) => isServed(problem, user));
  const tasks = problem.users.map(() => 0);
  if (served.length === 0) return tasks;
  const market = marketOf(problem, served);
  clearingPurchases(market).forEach((amount, i) => {
    tasks[served[i]] = amount;
  });
  return tasks;
}

function isServed(problem: AllocationProblem, user: number): boolean {
  return (
    Number.isFinite(dominantTaskShare(problem, problem.users[user])) && mostTasks(problem.users[user]) > 0
  );
}

/** A market in which the capacity of each resource is 1. */
interface Market {
  /** `needs[user][resource]`: demand of one task. */
  readonly needs: readonly (readonly number[])[];
  /** Incomes by user; their sum is 1. */
  readonly incomes: readonly number[];
  readonly resources: number;
}

function marketOf(problem: AllocationProblem, served: readonly number[]): Market {
  const users = served.map((user) => problem.users[user]);
  const bounded = users.filter((user) => Number.isFinite(mostTasks(user)));
  const sum = users.reduce((total, user) => total + weightOf(user), 0);
  const needs = users.map((user) => [
    ...problem.capacity.map((_, resource) => taskShare(problem, user, resource)),
    ...bounded.map((other) => (other === user ? 1 / mostTasks(user) : 0)),
  ]);
  // A resource without demand has no unique price, so it is removed.
  const asked = needs[0].map((_, resource) => needs.some((row) => row[resource] > 0));
  const kept = needs.map((row) => row.filter((_, resource) => asked[resource]));
  return { needs: kept, incomes: users.map((user) => weightOf(user) / sum), resources: kept[0].length };
}

/** Prices and slack of each resource. Both are positive until convergence. */
interface MarketPoint {
  readonly prices: readonly number[];
  readonly left: readonly number[];
}

/** A smaller gap changes no digit of the purchases in double precision. */
const SMALLEST_GAP = 1e-17;

const MOST_STEPS = 200;

function clearingPurchases(market: Market): number[] {
  const even = new Array<number>(market.resources).fill(1 / market.resources);
  let point: MarketPoint = { prices: even, left: even };
  for (let step = 0; step < MOST_STEPS && gapOf(point) > SMALLEST_GAP; step++)
    point = nextPoint(market, point);
  return purchasesAt(market, point.prices);
}

function gapOf({ prices, left }: MarketPoint): number {
  return prices.reduce((sum, price, resource) => sum + price * left[resource], 0) / prices.length;
}

function purchasesAt({ needs, incomes }: Market, prices: readonly number[]): number[] {
  return needs.map((row, user) => incomes[user] / row.reduce((sum, need, r) => sum + need * prices[r], 0));
}

/** Centering parameter: the target gap relative to the current gap. */
const CENTERING = 0.1;

/** Step length relative to the distance to the boundary, where a price or slack becomes 0. */
const BORDER = 0.99;

function nextPoint(market: Market, point: MarketPoint): MarketPoint {
  const { prices, left } = point;
  const gap = CENTERING * gapOf(point);
  const bought = purchasesAt(market, prices);
  const used = prices.map((_, r) => sumOver(bought, (amount, user) => amount * market.needs[user][r]));
  // Newton step for `left + used(prices) = 1` and `left * price = gap`; the step of `left` is eliminated.
  const matrix = prices.map((_, r) =>
    prices.map((_, q) => {
      const slope = sumOver(
        bought,
        (amount, user) =>
          (amount * amount * market.needs[user][r] * market.needs[user][q]) / market.incomes[user],
      );
      return r === q ? slope + left[r] / prices[r] : slope;
    }),
  );
  const priceSteps = solvePositiveDefinite(
    matrix,
    prices.map((price, r) => used[r] - 1 + gap / price),
  );
  const leftSteps = prices.map((price, r) => gap / price - left[r] - (left[r] / price) * priceSteps[r]);
  const length = Math.min(1, BORDER * Math.min(reach(prices, priceSteps), reach(left, leftSteps)));
  return {
    prices: prices.map((price, r) => price + length * priceSteps[r]),
    left: left.map((amount, r) => amount + length * leftSteps[r]),
  };
}

function sumOver(values: readonly number[], term: (value: number, index: number) => number): number {
  return values.reduce((sum, value, index) => sum + term(value, index), 0);
}

/** The largest multiple of the step before a value becomes 0. */
function reach(values: readonly number[], steps: readonly number[]): number {
  return Math.min(...values.map((value, i) => (steps[i] < 0 ? -value / steps[i] : Number.POSITIVE_INFINITY)));
}

/**
 * Solves `matrix x = right` for a symmetric positive definite matrix by Cholesky decomposition (Golub & Van Loan,
 * "Matrix Computations"). The matrix is not checked: the result for other matrices is undefined.
 */
export function solvePositiveDefinite(
  matrix: readonly (readonly number[])[],
  right: readonly number[],
): number[] {
  const lower: number[][] = [];
  for (const [i, row] of matrix.entries()) {
    lower.push([]);
    for (let j = 0; j <= i; j++) {
      const rest = row[j] - dot(lower[i], lower[j], j);
      lower[i].push(i === j ? Math.sqrt(rest) : rest / lower[j][j]);
    }
  }
  const half: number[] = [];
  for (const [i, value] of right.entries()) half.push((value - dot(lower[i], half, i)) / lower[i][i]);
  const solution = half.map(() => 0);
  for (let i = half.length - 1; i >= 0; i--) {
    let rest = half[i];
    for (let j = i + 1; j < half.length; j++) rest -= lower[j][i] * solution[j];
    solution[i] = rest / lower[i][i];
  }
  return solution;
}

function dot(a: readonly number[], b: readonly number[], length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += a[i] * b[i];
  return sum;
}
