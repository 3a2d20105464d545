import type { AllocationProblem } from './problem.js';
import { fillProgressively } from './progressive-filling.js';
import { dominantTaskShare } from './shares.js';

/**
 * Dominant-resource fairness of divisible tasks: equal dominant shares, divided by the weights, as far as each user can be
 * served (Ghodsi et al., "Dominant Resource Fairness", NSDI 2011). Tasks per user.
 * @throws InputError for what is no problem; see checkProblem.
 */
export function drf(problem: AllocationProblem): number[] {
  return fillProgressively(problem, (user) => dominantTaskShare(problem, user));
}
