import type { ResourceSpace } from '../../model/index.js';
import type {
  AnyScore,
  Choice,
  DeviceMask,
  MachineId,
  Read,
  SchedulingView,
  Score,
  TaskId,
} from '../contract.js';
import type { TaskMix } from '../policy.js';

/** Chooses the machine of a task: a filter (can the task start there?) and a choice among the machines that pass it. */
export interface Placement {
  readonly name: string;
  /** Does `forRun` read the task mix? */
  readonly needs?: 'task mix';
  /** Does it draw random numbers? Then each question shifts the later answers, and none may be left out to save time. */
  readonly draws?: boolean;
  /**
   * Does a question about a task that fits nowhere change nothing? Then a list scheduler leaves such questions out. Not for placements
   * that draw before they know what fits.
   */
  readonly skipsUnfit?: true;
  /**
   * Does its score weigh the preferences of tasks? Without this, a list scheduler takes a machine that meets all preferences of a task
   * before all others.
   */
  readonly weighsPreferences?: true;
  /** Prepares the choice for a view, once. `where` leaves out machines although a task can start there. */
  prepare(view: PlacementView, where?: MachineFilter): PlacementChoice;
  /** The same placement with these terms. A placement without `forRun` ignores terms. */
  forRun?(terms: PlacementTerms): Placement;
}

/** What a placement reads: of a scheduler's view, or of its room as it would be. */
export type PlacementView = Pick<SchedulingView, 'machines' | 'tasks' | 'random' | 'space'>;

/** May the task use this machine? Room is checked elsewhere. */
export type MachineFilter = (machine: MachineId, task: TaskId) => boolean;

/** A placement on the machines of one view. */
export interface PlacementChoice extends Choice {
  /** The GPU devices of the chosen machine. Without it, the host takes the fitting devices with the least left. */
  devices?(task: TaskId, machine: MachineId): DeviceMask;
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
export function byScore<R extends Read = never>(score: Score<R>, ties?: Ties): Placement;
/** For a score of which only the name is known. */
export function byScore(score: AnyScore, ties?: Ties): Placement;
/** Both at once: a caller sees one of the two above. */
export function byScore(score: AnyScore, ties: Ties = 'lowest-rank'): Placement {
  const rule = isDrawn(ties) ? 'random' : 'lowest-rank';
  return {
    name: score.name,
    draws: isDrawn(ties),
    ...(!isDrawn(ties) && { skipsUnfit: true as const }),
    prepare: (view, where) =>
      view.machines.prepare({ score, ties: rule, ...(where !== undefined && { where }) }),
    forRun: (terms) => byScore(score, terms.ties),
  };
}

/** As `byScore`, for a score that is published as an integer. Its fraction counts only with the ties float and float-random. */
export function byIntegerScore(exact: Score, ties: Ties = 'lowest-rank'): Placement {
  const score: Score = {
    ...exact,
    make(see) {
      const value = exact.make(see);
      return (machine, taskClass, task) => asCompared(value(machine, taskClass, task), ties);
    },
  };
  return { ...byScore(score, ties), forRun: (terms) => byIntegerScore(exact, terms.ties) };
}
