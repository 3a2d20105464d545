import type { DeviceMask, MachineId, MachineScore, ResourceSpace, TaskId } from '../../model/index.js';
import type { SchedulingView } from '../contract.js';
import type { TaskMix } from '../policy.js';

/** Chooses the machine of a task: a filter (does the task fit?) and a choice among the machines that fit. */
export interface Placement {
  readonly name: string;
  /** Does `forRun` read the task mix? */
  readonly needs?: 'task mix';
  /** A machine that fits the task, or NONE when there is none. */
  choose(view: SchedulingView, task: TaskId): MachineId;
  /** The GPU devices of that machine. Without it, the host takes the fitting devices with the least left. */
  devices?(view: SchedulingView, task: TaskId, machine: MachineId): DeviceMask;
  /** The same placement with these terms. A placement without `forRun` ignores terms. */
  forRun?(terms: PlacementTerms): Placement;
}

/** Properties of a run that a placement may use. */
export interface PlacementTerms {
  readonly space: ResourceSpace;
  readonly ties: Ties;
  /** Empty when unknown. */
  readonly taskMix: TaskMix;
}

/**
 * Which machine wins among equal scores.
 *
 * - lowest-rank: the one of the lowest rank.
 * - random: a random one, all with the same probability.
 * - float, float-random: the same two, but scores are not truncated to integers. This makes a difference only for placements
 *   whose published score is an integer.
 *
 * The rule is part of a policy: on the openb trace it alone changes the allocation of FGD by five points (docs/studies.md).
 */
export type Ties = 'lowest-rank' | 'random' | 'float' | 'float-random';

/** All rules, the default first. */
export const TIES: readonly Ties[] = ['lowest-rank', 'random', 'float', 'float-random'];

function isDrawn(ties: Ties): boolean {
  return ties === 'random' || ties === 'float-random';
}

/** A score as it is compared: truncated to an integer, unless the rule keeps floats. */
export function asCompared(score: number, ties: Ties): number {
  return ties === 'lowest-rank' || ties === 'random' ? Math.trunc(score) : score;
}

/** The fitting machine with the highest score. The lowest rank wins ties, unless the run has another rule. */
export function byScore(score: MachineScore, ties: Ties = 'lowest-rank'): Placement {
  return {
    name: score.name,
    choose: isDrawn(ties)
      ? (view, task) => view.machines.best(view.tasks.taskClass[task], score, view.random)
      : (view, task) => view.machines.best(view.tasks.taskClass[task], score),
    forRun: (terms) => byScore(score, terms.ties),
  };
}

/** As `byScore`, for a score that is published as an integer. Its fraction counts only with the ties float and float-random. */
export function byIntegerScore(exact: MachineScore, ties: Ties = 'lowest-rank'): Placement {
  const score: MachineScore = {
    ...exact,
    score: (table, machine, taskClass) => asCompared(exact.score(table, machine, taskClass), ties),
  };
  return { ...byScore(score, ties), forRun: (terms) => byIntegerScore(exact, terms.ties) };
}
