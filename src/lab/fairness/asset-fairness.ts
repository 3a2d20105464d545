import type { AllocationProblem } from './problem.js';
import { fillProgressively } from './progressive-filling.js';
import { summedTaskShare } from './shares.js';

/**
 * Asset fairness of divisible tasks: equal sums of shares over all resources, as if equal shares of different resources were
 * worth the same (Ghodsi et al., "Dominant Resource Fairness", NSDI 2011). Tasks per user.
 * @throws InputError for what is no problem; see checkProblem.
 */
export function assetFairness(problem: AllocationProblem): number[] {
  return fillProgressively(problem, (user) => summedTaskShare(problem, user));
}
