import { RandomStreams } from '../../sim/random-streams.js';
import { fillIndivisibleTasks } from '../fairness/indivisible-tasks.js';
import type { AllocationProblem } from '../fairness/problem.js';
import { drf } from '../fairness/progressive-filling.js';
import { randomTrials } from '../fairness/random-trials.js';
import { dominantShare, dominantTaskShare } from '../fairness/shares.js';
import type { Check } from '../study.js';

const TRIALS = 1000;

/** Number of equal machines in a trial with several machines. */
const MACHINES = 4;

/**
 * Theorem 7 of the DRF paper: filling with whole tasks differs from the divisible allocation by at most one task with the
 * largest dominant share. It requires positive demands, and machines on which a task of each user fits. In one pool each user is
 * compared with the divisible allocation; on several machines, each pair of users is compared.
 */
export function oneTaskBound(): Check[] {
  const problems = randomTrials(TRIALS, new RandomStreams('drf').stream('whole tasks')).map(
    ({ problem }) => problem,
  );
  return [
    boundCheck(
      'Theorem 7: whole tasks in one pool against divisible ones',
      problems.map(distanceFromDivisible),
    ),
    boundCheck(
      `Theorem 7: any two users, on ${MACHINES} machines`,
      problems.map((problem) => spread(problem, MACHINES)),
    ),
  ];
}

function boundCheck(what: string, distances: readonly number[]): Check {
  const largest = Math.max(...distances);
  return {
    what,
    published: 'at most 1 task',
    ours: `at most ${largest.toFixed(3)} tasks in ${distances.length} problems`,
    difference: 'none',
    passed: largest <= 1 + 1e-9,
  };
}

/** The largest difference of a dominant share from the divisible allocation, in units of the largest task. */
export function distanceFromDivisible(problem: AllocationProblem): number {
  const { capacity, users } = problem;
  const whole = fillIndivisibleTasks({ machines: [capacity], users }, 'stop').tasks;
  const divisible = drf(problem);
  const distances = users.map((user, i) =>
    Math.abs(dominantShare(problem, user, whole[i]) - dominantShare(problem, user, divisible[i])),
  );
  return Math.max(...distances) / largestTask(problem);
}

/** The largest difference between the dominant shares of two users on equal machines, in units of the largest task. */
export function spread({ capacity, users }: AllocationProblem, machines: number): number {
  const pool = { capacity: capacity.map((amount) => amount * machines), users };
  const { tasks } = fillIndivisibleTasks(
    { machines: Array.from({ length: machines }, () => capacity), users },
    'stop',
  );
  const shares = users.map((user, i) => dominantShare(pool, user, tasks[i]));
  return (Math.max(...shares) - Math.min(...shares)) / largestTask(pool);
}

function largestTask(problem: AllocationProblem): number {
  return Math.max(...problem.users.map((user) => dominantTaskShare(problem, user)));
}
