import { ceei } from './ceei.js';
import type { AllocationProblem } from './problem.js';
import { drf, fillProgressively } from './progressive-filling.js';
import { summedTaskShare } from './shares.js';

/** A way to divide a pool among users whose tasks are divisible. */
export interface FairnessRule {
  readonly name: string;
  /** @returns tasks per user. @throws InputError for an invalid problem; see checkProblem. */
  allocate(problem: AllocationProblem): number[];
}

/** Dominant-resource fairness; see progressive-filling.ts. */
export const DRF: FairnessRule = { name: 'DRF', allocate: drf };

/** Equal sums of shares; see assetFairness. */
export const ASSET_FAIRNESS: FairnessRule = { name: 'asset fairness', allocate: assetFairness };

/** Competitive equilibrium from equal incomes; see ceei.ts. */
export const CEEI: FairnessRule = { name: 'CEEI', allocate: ceei };

/**
 * Asset fairness of divisible tasks: equal sums of shares over all resources, so equal shares of different resources have equal
 * value (Ghodsi et al., "Dominant Resource Fairness", NSDI 2011). Returns tasks per user.
 * @throws InputError for an invalid problem; see checkProblem.
 */
function assetFairness(problem: AllocationProblem): number[] {
  return fillProgressively(problem, (user) => summedTaskShare(problem, user));
}
