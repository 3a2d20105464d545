import { CONFIDENCE, type MeanInterval, meanInterval, standardError } from './mean-interval.js';
import { studentP } from './student-t.js';

/** The mean difference over pairs of runs with the same seed. `count` is the number of pairs. */
export interface PairedDifference extends MeanInterval {
  /** Two-sided p-value of no difference; undefined with fewer than two pairs. */
  readonly p: number | undefined;
}

/** A value under the reference, and one under the same seed elsewhere. */
export interface Pair {
  readonly reference: number;
  readonly value: number;
}

/** A difference below this share of the values is rounding of floating-point numbers. */
const ROUNDING = 1e-12;

/** The differences to the reference, pair by pair, without rounding errors. */
export function differencesOf(pairs: readonly Pair[]): number[] {
  const scale = Math.max(
    ...pairs.map(({ reference, value }) => Math.max(Math.abs(reference), Math.abs(value))),
  );
  const differences = pairs.map(({ reference, value }) => value - reference);
  const least = Math.min(...differences);
  if (Math.max(...differences) - least <= ROUNDING * scale) {
    const common = Math.abs(least) <= ROUNDING * scale ? 0 : least;
    return differences.map(() => common);
  }
  return differences;
}

/**
 * Mean, t-interval and p-value of paired differences; undefined without pairs. A difference that is the same in every pair has no
 * variance to test against, so its p-value is that of the sign test.
 */
export function pairedDifference(
  differences: readonly number[],
  confidence = CONFIDENCE,
): PairedDifference | undefined {
  if (differences.length === 0) return undefined;
  const interval = meanInterval(differences, confidence);
  return { ...interval, p: pValue(interval, differences) };
}

function pValue({ count, mean }: MeanInterval, differences: readonly number[]): number | undefined {
  if (count < 2) return undefined;
  if (differences.every((one) => one === 0)) return 1;
  if (isConstant(differences)) return Math.min(1, 2 * 0.5 ** count);
  return studentP(mean / standardError(differences), count - 1);
}

/** Whether all values are equal. */
export function isConstant(values: readonly number[]): boolean {
  return values.every((value) => value === values[0]);
}
