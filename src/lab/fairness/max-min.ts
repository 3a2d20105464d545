/** Somebody who wants so much of one resource and no more. */
export interface Claim {
  readonly wants: number;
  /** Above 0; 1 when left out. */
  readonly weight?: number;
}

/**
 * Max-min fairness on one resource: everybody gets what it wants or its weighted share of what the modest leave, whichever
 * is less (water-filling; Bertsekas & Gallager, "Data Networks"). Amount per claim, in the order given and the
 * unit of the capacity.
 */
export function maxMin(capacity: number, claims: readonly Claim[]): number[] {
  const amounts = claims.map(() => 0);
  const byGreed = claims
    .map(({ wants, weight = 1 }, claim) => ({ claim, wants, weight }))
    .sort((a, b) => a.wants / a.weight - b.wants / b.weight);
  let left = capacity;
  let weights = byGreed.reduce((sum, { weight }) => sum + weight, 0);
  for (const { claim, wants, weight } of byGreed) {
    amounts[claim] = Math.min(wants, (left * weight) / weights);
    left -= amounts[claim];
    weights -= weight;
  }
  return amounts;
}
