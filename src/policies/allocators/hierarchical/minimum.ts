import type { Amounts, Column } from '../../../model/index.js';

/** One set of a minimum: all of these amounts. */
interface MinimumSet {
  readonly dimensions: Int32Array;
  readonly amounts: Float64Array;
}

/** What is worth offering: all of one of these sets; without a set, anything. */
export type Minimum = readonly MinimumSet[];

/** A minimum in the dimensions of a run. Sets that name a resource which no machine has are left out. */
export function minimumOf(sets: readonly Amounts[], names: readonly string[]): Minimum {
  return sets
    .filter((set) => Object.keys(set).every((name) => names.includes(name)))
    .map((set) => ({
      dimensions: Int32Array.from(Object.keys(set), (name) => names.indexOf(name)),
      amounts: Float64Array.from(Object.values(set)),
    }));
}

/** Is `amounts[offset …]` worth offering? Asked of every machine with anything free, at every allocation. */
export function isWorthOffering(minimum: Minimum, amounts: Column, offset = 0): boolean {
  if (minimum.length === 0) return true;
  for (let i = 0; i < minimum.length; i++)
    if (reaches(minimum[i] as MinimumSet, amounts, offset)) return true;
  return false;
}

function reaches(set: MinimumSet, amounts: Column, offset: number): boolean {
  for (let i = 0; i < set.dimensions.length; i++)
    if (amounts[offset + set.dimensions[i]] < set.amounts[i]) return false;
  return true;
}
