/**
 * Who wins among machines of (nearly) the same score. lowest-rank: the lowest rank of those with the highest score. random:
 * each of them with the same chance. float and float-random: the same two, with scores that are not cut to whole numbers, for
 * placements whose published score is a whole number; for the others there is no difference.
 *
 * The rule is part of a policy: on the openb trace it alone moves the allocation of FGD by five points (docs/studies.md).
 */
export type Ties = 'lowest-rank' | 'random' | 'float' | 'float-random';

/** All rules, the default first. */
export const TIES: readonly Ties[] = ['lowest-rank', 'random', 'float', 'float-random'];

/** Is one of the highest drawn at random? */
export function isDrawn(ties: Ties): boolean {
  return ties === 'random' || ties === 'float-random';
}

/** A score as it is compared: its whole part, unless the rule is one of floats. */
export function asCompared(score: number, ties: Ties): number {
  return ties === 'lowest-rank' || ties === 'random' ? Math.trunc(score) : score;
}
