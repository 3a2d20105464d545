import { figuresCheck, type Printed, sequenceCheck } from '../checks.js';
import { fillIndivisibleTasks, type IndivisibleTaskProblem } from '../fairness/indivisible-tasks.js';
import { dominantShare } from '../fairness/shares.js';
import type { Check } from '../study.js';

/** Ghodsi et al., NSDI 2011, Table 1. B is listed first: ties go to the first user, and the paper begins with B. */
const EXAMPLE: IndivisibleTaskProblem = {
  machines: [[9, 18]],
  users: [
    { name: 'B', demand: [3, 1] },
    { name: 'A', demand: [1, 4] },
  ],
};

/** By step: the served user, the dominant shares of A and B, and the used shares of CPUs and memory. */
const TABLE_1: readonly (readonly [user: string, ...figures: Printed[]])[] = [
  ['B', '0', '1/3', '3/9', '1/18'],
  ['A', '2/9', '1/3', '4/9', '5/18'],
  ['A', '4/9', '1/3', '5/9', '9/18'],
  ['B', '4/9', '2/3', '8/9', '10/18'],
  ['A', '2/3', '2/3', '9/9', '14/18'],
];

/** Progressive filling with whole tasks, step by step. */
export function wholeTaskTable(): Check[] {
  const { tasks, order } = fillIndivisibleTasks(EXAMPLE, 'stop');
  const names = order.map((user) => EXAMPLE.users[user].name);
  const [b, a] = tasks;
  return [
    sequenceCheck(
      'Table 1: order of allocation',
      TABLE_1.map(([user]) => user),
      names,
    ),
    ...TABLE_1.map(([user, ...figures], step) =>
      figuresCheck(
        `Table 1, step ${step + 1} (${user}): shares of A and B, CPU, RAM`,
        figures,
        stateAfter(order.slice(0, step + 1)),
      ),
    ),
    figuresCheck('Table 1: tasks of A and B in the end', ['3', '2'], [a, b]),
  ];
}

/** The dominant shares of A and B, and the used shares of CPUs and memory. */
function stateAfter(order: readonly number[]): number[] {
  const { machines, users } = EXAMPLE;
  const [capacity] = machines;
  const tasks = users.map((_, user) => order.filter((served) => served === user).length);
  const [b, a] = users.map((user, i) => dominantShare({ capacity, users }, user, tasks[i]));
  const used = capacity.map(
    (amount, resource) => users.reduce((sum, { demand }, i) => sum + tasks[i] * demand[resource], 0) / amount,
  );
  return [a, b, ...used];
}
