import { CONFIDENCE } from './mean-interval.js';
import { studentT } from './student-t.js';

/** More replications than this are not predicted. */
const MOST = 1_000_000;

/** With more degrees of freedom, t is 1.96 in three digits. Its closed form takes a step per degree. */
const MOST_DEGREES = 2000;

/**
 * The number of replications at which the half-width of the mean's interval is expected to be at most `wanted`, if the variance
 * stays as in the `count` replications so far (Law, Simulation Modeling and Analysis, 9.4.1). Undefined if it is beyond a million.
 */
export function replicationsNeeded(
  { count, halfWidth }: { readonly count: number; readonly halfWidth: number },
  wanted: number,
  confidence = CONFIDENCE,
): number | undefined {
  if (halfWidth <= wanted) return count;
  const t = (n: number) => studentT((1 + confidence) / 2, Math.min(n - 1, MOST_DEGREES));
  const suffices = (n: number) => ((halfWidth / t(count)) * t(n) * Math.sqrt(count)) / Math.sqrt(n) <= wanted;
  if (!suffices(MOST)) return undefined;
  // The half-width falls with every replication, so bisection finds the first number that suffices.
  let [low, high] = [count, MOST];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (suffices(middle)) high = middle;
    else low = middle;
  }
  return high;
}
