import type { Amounts, Column } from '../../../model/index.js';

/** One set of a minimum: all of these amounts, by dimension. */
type AmountsByDimension = readonly (readonly [dimension: number, amount: number])[];

/** What is worth offering: all of one of these sets; without a set, anything. */
export type Minimum = readonly AmountsByDimension[];

/** A minimum in the dimensions of a run. Sets that name a resource which no machine has are left out. */
export function minimumOf(sets: readonly Amounts[], names: readonly string[]): Minimum {
  return sets
    .filter((set) => Object.keys(set).every((name) => names.includes(name)))
    .map((set) => Object.entries(set).map(([name, amount]) => [names.indexOf(name), amount] as const));
}

/** Is `amounts[offset …]` worth offering? */
export function isWorthOffering(minimum: Minimum, amounts: Column, offset = 0): boolean {
  if (minimum.length === 0) return true;
  for (const set of minimum) if (set.every(([d, amount]) => amounts[offset + d] >= amount)) return true;
  return false;
}
