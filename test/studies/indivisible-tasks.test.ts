import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distanceFromDivisible, spread } from '../../src/studies/drf/one-task-bound.js';
import {
  fillIndivisibleTasks,
  type IndivisibleTaskProblem,
} from '../../src/studies/fairness/indivisible-tasks.js';
import type { AllocationProblem } from '../../src/studies/fairness/problem.js';
import {
  amountsUsed,
  bundleOf,
  dominantShare,
  dominantTaskShare,
  tasksIn,
} from '../../src/studies/fairness/shares.js';
import { problems, trials } from './fairness-problems.js';

/** Whole tasks of each user in one pool. */
function wholeTasks({ capacity, users }: AllocationProblem): readonly number[] {
  return fillIndivisibleTasks({ machines: [capacity], users }, 'stop').tasks;
}

/** The largest dominant share of one task of anybody: what Theorem 7 measures in. */
function largestTask(problem: AllocationProblem): number {
  return Math.max(...problem.users.map((user) => dominantTaskShare(problem, user)));
}

/** A user would rather have `bundle`: by so much of its dominant share. */
function regret(problem: AllocationProblem, user: number, tasks: number, bundle: readonly number[]): number {
  const wished = Math.floor(tasksIn(bundle, problem.users[user].demand) + 1e-9);
  return (wished - tasks) * dominantTaskShare(problem, problem.users[user]);
}

describe('whole tasks keep the properties of DRF within one task', () => {
  const within = (problem: AllocationProblem) => largestTask(problem) * (1 + 1e-9);

  it('sharing incentive: nobody would gain more than one largest task with its part of every resource', () => {
    fc.assert(
      fc.property(problems({}), (problem) => {
        const part = problem.capacity.map((amount) => amount / problem.users.length);
        wholeTasks(problem).forEach((tasks, user) => {
          expect(regret(problem, user, tasks, part)).toBeLessThanOrEqual(within(problem));
        });
      }),
      { numRuns: 300 },
    );
  });

  it('envy-freeness: nobody would gain more than one largest task with what another has', () => {
    fc.assert(
      fc.property(problems({}), (problem) => {
        const tasks = wholeTasks(problem);
        problem.users.forEach((other, j) => {
          const bundle = bundleOf(other, tasks[j]);
          tasks.forEach((own, user) => {
            expect(regret(problem, user, own, bundle)).toBeLessThanOrEqual(within(problem));
          });
        });
      }),
      { numRuns: 300 },
    );
  });

  it('Pareto efficiency: with skip, no task of anybody fits what is left', () => {
    fc.assert(
      fc.property(problems({}), ({ capacity, users }) => {
        const { tasks } = fillIndivisibleTasks({ machines: [capacity], users }, 'skip');
        const used = amountsUsed({ capacity, users }, tasks);
        for (const { demand } of users)
          expect(demand.some((amount, r) => used[r] + amount > capacity[r])).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('strategy-proofness: a false claim gains no more than one task of the largest size that is claimed or true', () => {
    fc.assert(
      fc.property(trials({}), ({ problem, claim }) => {
        const [liar, ...others] = problem.users;
        const pretended = { ...liar, demand: claim };
        const lied = { ...problem, users: [pretended, ...others] };
        const gain = regret(problem, 0, wholeTasks(problem)[0], bundleOf(pretended, wholeTasks(lied)[0]));
        expect(gain).toBeLessThanOrEqual(Math.max(within(problem), within(lied)));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('progressive filling with whole tasks', () => {
  it('stays within one task of the divisible allocation in one pool (Theorem 7)', () => {
    fc.assert(
      fc.property(problems({}), (problem) => {
        expect(distanceFromDivisible(problem)).toBeLessThanOrEqual(1 + 1e-9);
      }),
    );
  });

  it('keeps any two users within one task of each other on many machines that each hold every task (Theorem 7)', () => {
    fc.assert(
      fc.property(problems({}), fc.integer({ min: 2, max: 6 }), (problem, machines) => {
        expect(spread(problem, machines)).toBeLessThanOrEqual(1 + 1e-9);
      }),
    );
  });

  it('never overfills a machine, and with skip leaves nothing that anybody could use', () => {
    fc.assert(
      fc.property(problems({ zeros: true, weights: true, bounded: true }), ({ capacity, users }) => {
        const { tasks, order, blocked } = fillIndivisibleTasks({ machines: [capacity], users }, 'skip');
        const left = capacity.map((amount, r) =>
          users.reduce((rest, { demand }, i) => rest - tasks[i] * demand[r], amount),
        );
        expect(Math.min(...left)).toBeGreaterThanOrEqual(0);
        expect(order.length).toBe(tasks.reduce((sum, count) => sum + count));
        for (const { user, why } of blocked) {
          expect(why).toBe('used-up');
          expect(users[user].demand.some((amount, r) => amount > left[r])).toBe(true);
        }
        const isServed = users.map(({ tasks: all }, i) => tasks[i] === all);
        expect(blocked.length + isServed.filter(Boolean).length).toBe(users.length);
      }),
    );
  });

  it('stops at the first task that fits nowhere, or goes on without its user, and says why it fits nowhere', () => {
    // The large task leaves 2 of 8; after one small task 1 and 5 are left, enough for another large one, but in two pieces.
    const problem: IndivisibleTaskProblem = {
      machines: [[8], [5]],
      users: [
        { name: 'large', demand: [6], weight: 9 },
        { name: 'small', demand: [1] },
      ],
    };
    const fragmented = { user: 0, why: 'fragmented' };
    expect(fillIndivisibleTasks(problem, 'stop')).toMatchObject({ tasks: [1, 1], blocked: [fragmented] });
    expect(fillIndivisibleTasks(problem, 'skip')).toMatchObject({
      tasks: [1, 7],
      blocked: [fragmented, { user: 1, why: 'used-up' }],
    });
  });

  it('says that a user who is next by share is blocked by fragmentation, not by want, in the first phase of section 7.1', () => {
    // 48 nodes of <4, 14>: each holds one task <1, 10>, though 4 GB and 3 CPUs are left on each; divisible, job 1 would have 49.8.
    const machines = Array.from({ length: 48 }, () => [4, 14]);
    const users = [
      { name: 'job 1', demand: [1, 10] },
      { name: 'job 2', demand: [1, 1] },
    ];
    const { tasks, blocked } = fillIndivisibleTasks({ machines, users }, 'skip');
    expect(blocked[0]).toEqual({ user: 0, why: 'fragmented' });
    expect(tasks[0]).toBeLessThanOrEqual(48);
    const pool = { capacity: [192, 672], users };
    expect(dominantShare(pool, users[1], tasks[1])).toBeGreaterThan(dominantShare(pool, users[0], tasks[0]));
  });

  it('breaks ties by the place in the list', () => {
    const users = ['x', 'y', 'z'].map((name) => ({ name, demand: [1] }));
    expect(fillIndivisibleTasks({ machines: [[7]], users }, 'stop').order).toEqual([0, 1, 2, 0, 1, 2, 0]);
  });
});
