import { type AllocationProblem, checkProblem, mostTasks, weightOf } from './problem.js';
import { dominantShare } from './shares.js';

/** Whole tasks on machines: `machines[machine][resource]`, in the units of the demands. A single machine models one pool. */
export interface IndivisibleTaskProblem {
  readonly machines: readonly (readonly number[])[];
  readonly users: AllocationProblem['users'];
}

/**
 * A user with the lowest share whose next task fits on no machine. used-up: total free resources are insufficient. fragmented: they
 * suffice, but not on a single machine.
 */
export interface Blocked {
  readonly user: number;
  readonly why: 'used-up' | 'fragmented';
}

/** The result of filling with indivisible tasks. */
export interface IndivisibleTaskFilling {
  /** Whole tasks per user. */
  readonly tasks: readonly number[];
  /** Users in the order in which they got their tasks. */
  readonly order: readonly number[];
  /** Users whose next task could not be placed, in order. */
  readonly blocked: readonly Blocked[];
}

/**
 * Behaviour when the next task by share fits on no machine. stop: filling ends (Algorithm 1 of the DRF paper).
 * skip: the other users continue until no task fits.
 */
export type WhenBlocked = 'stop' | 'skip';

/**
 * Progressive filling with whole tasks. The user with the lowest weighted dominant share gets its next task on the first machine
 * on which it fits (Ghodsi et al., "Dominant Resource Fairness", NSDI 2011, Algorithm 1). Ties go to the first user in the
 * list. Tasks x (users + machines) steps.
 * @throws InputError for an invalid problem; see checkProblem.
 */
export function fillIndivisibleTasks(
  { machines, users }: IndivisibleTaskProblem,
  whenBlocked: WhenBlocked,
): IndivisibleTaskFilling {
  const problem = { capacity: sumOf(machines), users };
  checkProblem(problem);
  const free = machines.map((row) => [...row]);
  const tasks = users.map(() => 0);
  const order: number[] = [];
  const blocked: Blocked[] = [];
  const isOut = users.map(() => false);
  for (;;) {
    const user = nextByShare(problem, tasks, isOut);
    if (user === undefined) break;
    const { demand } = users[user];
    const machine = free.find((row) => holds(row, demand));
    if (machine === undefined) {
      blocked.push({ user, why: holds(sumOf(free), demand) ? 'fragmented' : 'used-up' });
      if (whenBlocked === 'stop') break;
      isOut[user] = true;
      continue;
    }
    demand.forEach((amount, resource) => {
      machine[resource] -= amount;
    });
    tasks[user]++;
    order.push(user);
  }
  return { tasks, order, blocked };
}

function nextByShare(
  problem: AllocationProblem,
  tasks: readonly number[],
  isOut: readonly boolean[],
): number | undefined {
  let next: number | undefined;
  let lowest = Number.POSITIVE_INFINITY;
  problem.users.forEach((user, i) => {
    if (isOut[i] || tasks[i] + 1 > mostTasks(user)) return;
    const share = dominantShare(problem, user, tasks[i]) / weightOf(user);
    if (next !== undefined && share >= lowest) return;
    next = i;
    lowest = share;
  });
  return next;
}

function holds(free: readonly number[], demand: readonly number[]): boolean {
  return demand.every((amount, resource) => amount <= free[resource]);
}

function sumOf(machines: readonly (readonly number[])[]): number[] {
  return (machines[0] ?? []).map((_, resource) => machines.reduce((sum, row) => sum + row[resource], 0));
}
