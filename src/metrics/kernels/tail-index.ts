/** A value, and how often it occurs. */
export interface TailBar {
  readonly value: number;
  readonly count: number;
}

/** The share of the values, from the largest on, that make the tail. */
const TAIL = 0.05;

/** With fewer values in the tail, the estimate says nothing. */
const FEWEST = 50;

/**
 * Hill's estimate of the tail index from the largest 5 % of the values (Hill, A simple general approach to inference about the tail
 * of a distribution, 1975). At 2 or below, the variance is infinite, and means over replications converge slowly or, at 1 or below,
 * not at all. `bars` are in ascending order. Undefined with fewer than 50 values in the tail.
 */
export function hillTailIndex(bars: readonly TailBar[]): number | undefined {
  const total = bars.reduce((sum, { count }) => sum + count, 0);
  const wanted = Math.floor(TAIL * total);
  let count = 0;
  let logarithms = 0;
  let at = bars.length - 1;
  // A bar is in the tail as a whole or not at all.
  for (; at >= 0 && count + bars[at].count <= wanted; at--) {
    count += bars[at].count;
    logarithms += bars[at].count * Math.log(bars[at].value);
  }
  if (count < FEWEST || at < 0 || bars[at].value <= 0) return undefined;
  const mean = logarithms / count - Math.log(bars[at].value);
  return mean > 0 ? 1 / mean : undefined;
}
