import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ceei, solvePositiveDefinite } from '../../src/studies/fairness/ceei.js';
import type { AllocationProblem, User } from '../../src/studies/fairness/problem.js';
import { drf } from '../../src/studies/fairness/progressive-filling.js';
import { maxMin } from '../../src/studies/fairness/properties.js';
import { ASSET_FAIRNESS, CEEI, DRF } from '../../src/studies/fairness/rules.js';
import { amountsUsed, dominantShare, taskShare } from '../../src/studies/fairness/shares.js';
import { problems } from './fairness-problems.js';

const RULES = [DRF, ASSET_FAIRNESS, CEEI];

function usersOf(...users: readonly (readonly [readonly number[], Partial<User>?])[]): User[] {
  return users.map(([demand, more], i) => ({ name: `user ${i + 1}`, demand, ...more }));
}

const close = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 9));

describe('max-min fairness', () => {
  it('gives the modest what they want and divides the rest', () => {
    // Bertsekas & Gallager's water-filling by hand: 10 for 2, 2.6, 4, 5.
    expect(maxMin(10, [{ wants: 2 }, { wants: 2.6 }, { wants: 4 }, { wants: 5 }])).toEqual(
      close([2, 2.6, 2.7, 2.7]),
    );
  });

  it('divides by weight', () => {
    expect(
      maxMin(16, [
        { wants: 4, weight: 2.5 },
        { wants: 2, weight: 4 },
        { wants: 10, weight: 0.5 },
        { wants: 4 },
      ]),
    ).toEqual(close([4, 2, 6, 4]));
  });

  it('gives everybody what it wants where there is enough', () => {
    expect(maxMin(10, [{ wants: 2 }, { wants: 3 }])).toEqual([2, 3]);
  });
});

describe('dominant-resource fairness', () => {
  it('makes dominant shares equal in proportion to the weights', () => {
    const problem = { capacity: [9, 18], users: usersOf([[1, 4]], [[3, 1], { weight: 2 }]) };
    const tasks = drf(problem);
    const [a, b] = problem.users.map((user, i) => dominantShare(problem, user, tasks[i]));
    expect(b / a).toBeCloseTo(2, 12);
    expect(amountsUsed(problem, tasks)[0]).toBeCloseTo(9, 12);
  });

  it('leaves what a user with few tasks does not need to the others', () => {
    const problem = { capacity: [10, 10], users: usersOf([[1, 1], { tasks: 2 }], [[1, 1]], [[1, 1]]) };
    expect(drf(problem)).toEqual(close([2, 4, 4]));
  });

  it('goes on with those who need nothing of what is used up', () => {
    const problem = { capacity: [10, 10], users: usersOf([[1, 0]], [[1, 0]], [[0, 1]]) };
    expect(drf(problem)).toEqual(close([5, 5, 10]));
  });

  it('gives nothing to a user who needs what there is nothing of', () => {
    const problem = { capacity: [10, 0], users: usersOf([[1, 1]], [[1, 0]]) };
    for (const rule of RULES) expect(rule.allocate(problem)).toEqual(close([0, 10]));
  });

  it('is max-min of the dominant shares: who has less than another has all its tasks or meets a resource that is used up', () => {
    fc.assert(
      fc.property(problems({ zeros: true, weights: true, bounded: true }), (problem) => {
        const tasks = drf(problem);
        const shares = problem.users.map(
          (user, i) => dominantShare(problem, user, tasks[i]) / (user.weight ?? 1),
        );
        problem.users.forEach((user, i) => {
          if (tasks[i] >= (user.tasks ?? Number.POSITIVE_INFINITY) - 1e-9) return;
          // There is a resource that it needs, that is used up, and of which nobody has part with a higher share.
          const used = amountsUsed(problem, tasks);
          const isBottleneck = user.demand.some(
            (amount, resource) =>
              amount > 0 &&
              used[resource] >= problem.capacity[resource] * (1 - 1e-9) &&
              problem.users.every(
                (other, j) => other.demand[resource] === 0 || shares[j] <= shares[i] * (1 + 1e-9),
              ),
          );
          expect(isBottleneck).toBe(true);
        });
      }),
    );
  });
});

describe('competitive equilibrium from equal incomes', () => {
  it('maximizes the product of tasks to the power of weights, among allocations that fit', () => {
    fc.assert(
      fc.property(
        problems({ zeros: true, weights: true, bounded: true }),
        fc.array(fc.double({ min: 0.5, max: 1.5, noNaN: true }), { minLength: 5, maxLength: 5 }),
        (problem, factors) => {
          const tasks = ceei(problem);
          const other = scaledToFit(
            problem,
            tasks.map((amount, i) => amount * factors[i]),
          );
          const logOf = (amounts: readonly number[]) =>
            problem.users.reduce((sum, { weight = 1 }, i) => sum + weight * Math.log(amounts[i]), 0);
          expect(logOf(other)).toBeLessThanOrEqual(logOf(tasks) + 1e-9);
        },
      ),
    );
  });

  it('never gives more than there is, nor more tasks than a user has', () => {
    fc.assert(
      fc.property(problems({ zeros: true, weights: true, bounded: true }), (problem) => {
        for (const rule of RULES) {
          const tasks = rule.allocate(problem);
          amountsUsed(problem, tasks).forEach((amount, resource) => {
            expect(amount).toBeLessThanOrEqual(problem.capacity[resource] * (1 + 1e-9));
          });
          problem.users.forEach((user, i) => {
            expect(tasks[i]).toBeLessThanOrEqual((user.tasks ?? Number.POSITIVE_INFINITY) * (1 + 1e-9));
          });
        }
      }),
    );
  });

  it('divides by the weights as it would among so many equal users', () => {
    const once = { capacity: [100, 100], users: usersOf([[16, 1], { weight: 2 }], [[1, 2]]) };
    const twice = { capacity: [100, 100], users: usersOf([[16, 1]], [[16, 1]], [[1, 2]]) };
    const [a, b, c] = ceei(twice);
    expect(ceei(once)).toEqual(close([a + b, c]));
  });
});

describe('asset fairness', () => {
  it('makes the sums of shares equal where everybody needs everything', () => {
    fc.assert(
      fc.property(problems({}), (problem) => {
        const tasks = ASSET_FAIRNESS.allocate(problem);
        const sums = problem.users.map(
          (user, i) =>
            tasks[i] * problem.capacity.reduce((sum, _, r) => sum + taskShare(problem, user, r), 0),
        );
        for (const sum of sums) expect(sum).toBeCloseTo(sums[0], 9);
      }),
    );
  });
});

describe('a problem', () => {
  it.each([
    [{ capacity: [1, -1], users: [] }, 'capacity: found "1, -1", expected amounts of at least 0'],
    [
      { capacity: [1], users: usersOf([[1, 2]]) },
      'demand of user 1: found "1, 2", expected 1 amounts of at least 0, not all of them 0',
    ],
    [
      { capacity: [1], users: usersOf([[0]]) },
      'demand of user 1: found "0", expected 1 amounts of at least 0, not all of them 0',
    ],
    [
      { capacity: [1], users: usersOf([[1], { weight: 0 }]) },
      'weight of user 1: found "0", expected a weight above 0',
    ],
    [
      { capacity: [1], users: usersOf([[1], { tasks: -1 }]) },
      'tasks of user 1: found "-1", expected a number of at least 0',
    ],
  ] satisfies [AllocationProblem, string][])('that is none is named', (problem, message) => {
    for (const rule of RULES) expect(() => rule.allocate(problem)).toThrow(message);
  });
});

describe('a linear system', () => {
  it('is solved: the matrix times the solution is the right side', () => {
    const matrix = [
      [4, 1, 0.5],
      [1, 3, 0.25],
      [0.5, 0.25, 2],
    ];
    const solution = solvePositiveDefinite(matrix, [1, 2, 3]);
    expect(matrix.map((row) => row.reduce((sum, value, i) => sum + value * solution[i], 0))).toEqual(
      close([1, 2, 3]),
    );
  });
});

/** The largest multiple of these tasks that neither exceeds the pool nor anybody's tasks. */
function scaledToFit(problem: AllocationProblem, tasks: readonly number[]): number[] {
  const most = problem.users.map(({ tasks: all = Number.POSITIVE_INFINITY }, i) => Math.min(all, tasks[i]));
  const used = amountsUsed(problem, most);
  const scale = Math.max(...used.map((amount, resource) => amount / problem.capacity[resource]));
  return most.map((amount) => amount / Math.max(1, scale));
}
