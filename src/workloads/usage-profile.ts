import type { Micros } from '../model/index.js';

/**
 * Usage of a task in steps. Step `i` lasts from `offsets[i]` to `offsets[i + 1]`, and the last one to the end of the attempt. An
 * offset is the work done since the start: where an attempt takes longer than its run time, its steps do so by the same factor.
 */
export interface UsageProfile {
  /** Micros, ascending; the first is 0. */
  readonly offsets: Float64Array;
  /** `shares[step * dims + dimension]`: used share of the demand, which may be above 1; NaN for unknown. */
  readonly shares: Float64Array;
}

/** A profile from the steps of each dimension, which may lie at different offsets. */
export function mergedProfile(dimensions: readonly UsageSteps[]): UsageProfile {
  const dims = dimensions.length;
  const offsets = Float64Array.from(new Set(dimensions.flatMap((steps) => [...steps.offsets]))).sort();
  const shares = new Float64Array(offsets.length * dims);
  dimensions.forEach((steps, d) => {
    let at = 0;
    offsets.forEach((offset, step) => {
      while (at + 1 < steps.offsets.length && steps.offsets[at + 1] <= offset) at++;
      shares[step * dims + d] = steps.values[at];
    });
  });
  return { offsets, shares };
}

/** Steps of one dimension: values from each offset on. The first offset is 0. */
export interface UsageSteps {
  readonly offsets: readonly Micros[];
  readonly values: readonly number[];
}
