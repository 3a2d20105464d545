/** The level of each value on one axis; undefined if the axis does not apply to it. */
export type Levels = readonly (number | undefined)[];

/** How much of the variance of a quantity one axis explains. */
export interface VarianceShare {
  /** 0 to 1. */
  readonly share: number;
  /** The share that an axis without effect is expected to have if values are independent: (levels - 1) / (values - 1). */
  readonly byChance: number;
}

/**
 * The first-order share of an axis in the variance of a quantity: the variance of the means at the levels of the axis, weighted by the
 * number of values at each, divided by the variance of all values. It is the correlation ratio η² (Pearson, 1905), and in a full grid the
 * first-order index of Sobol (1993). Values at which the axis does not apply are left out. Undefined with fewer than two levels, or if the
 * values do not vary.
 */
export function varianceShare(values: readonly number[], levels: Levels): VarianceShare | undefined {
  const groups = new Map<number, { count: number; sum: number }>();
  let count = 0;
  let sum = 0;
  for (const [i, value] of values.entries()) {
    const level = levels[i];
    if (level === undefined) continue;
    const group = groups.get(level) ?? { count: 0, sum: 0 };
    group.count++;
    group.sum += value;
    groups.set(level, group);
    count++;
    sum += value;
  }
  if (groups.size < 2) return undefined;
  const mean = sum / count;
  let whole = 0;
  let most = 0;
  for (const [i, value] of values.entries())
    if (levels[i] !== undefined) {
      whole += (value - mean) ** 2;
      most = Math.max(most, Math.abs(value));
    }
  // Values that differ by rounding alone do not vary.
  if (!(whole > count * (1e-12 * most) ** 2)) return undefined;
  let between = 0;
  for (const group of groups.values()) between += group.count * (group.sum / group.count - mean) ** 2;
  return { share: Math.min(1, between / whole), byChance: (groups.size - 1) / (count - 1) };
}
