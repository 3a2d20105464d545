import { RandomStreams } from '../../sim/random-streams.js';
import { fillIndivisibleTasks } from '../fairness/indivisible-tasks.js';
import type { AllocationProblem } from '../fairness/problem.js';
import { drf } from '../fairness/progressive-filling.js';
import { randomTrials } from '../fairness/random-trials.js';
import { dominantShare, dominantTaskShare } from '../fairness/shares.js';
import type { Check } from '../study.js';

const TRIALS = 1000;

/** Machines that the pool of a trial is cut into. */
const MACHINES = 4;

/**
 * Theorem 7 of the DRF paper: filling with whole tasks differs from the divisible allocation by at most one task of the
 * largest dominant share, where demands are above 0 and every machine holds a task of everybody's. In one pool each user is
 * compared with the divisible allocation; over several machines, any two users with each other.
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

/** The largest difference of a dominant share from that of the divisible allocation, in largest tasks. */
export function distanceFromDivisible(problem: AllocationProblem): number {
  const { capacity, users } = problem;
  const whole = fillIndivisibleTasks({ machines: [capacity], users }, 'stop').tasks;
  const divisible = drf(problem);
  const distances = users.map((user, i) =>
    Math.abs(dominantShare(problem, user, whole[i]) - dominantShare(problem, user, divisible[i])),
  );
  return Math.max(...distances) / largestTask(problem);
}

/** The largest difference between the dominant shares of two users, in largest tasks, on so many equal machines. */
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
