import type { MachineScore } from '../../model/index.js';
import type { Placement } from './placement.js';
import { asCompared, isDrawn, type Ties } from './ties.js';

/** The fitting machine with the highest score; the lowest rank wins ties, unless the run has another rule. */
export function byScore(score: MachineScore, ties: Ties = 'lowest-rank'): Placement {
  return {
    name: score.name,
    choose: isDrawn(ties)
      ? (view, task) => view.machines.best(view.tasks.taskClass[task], score, view.random)
      : (view, task) => view.machines.best(view.tasks.taskClass[task], score),
    forRun: (terms) => byScore(score, terms.ties),
  };
}

/** The same for a score that is published as a whole number: what is behind the point counts only under ties of floats. */
export function byWholeScore(exact: MachineScore, ties: Ties = 'lowest-rank'): Placement {
  const score: MachineScore = {
    ...exact,
    score: (table, machine, taskClass) => asCompared(exact.score(table, machine, taskClass), ties),
  };
  return { ...byScore(score, ties), forRun: (terms) => byWholeScore(exact, terms.ties) };
}
