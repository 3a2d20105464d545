import alea from 'seedrandom/lib/alea.js';
import { meanInterval, standardError } from './mean-interval.js';
import { isConstant, pairedDifference } from './paired-difference.js';
import { studentT } from './student-t.js';

/** The differences of one comparison, one per seed; undefined for a seed without a pair. All comparisons have the same seeds. */
export type DifferencesBySeed = readonly (number | undefined)[];

/** One comparison of a family after the correction for their number. */
export interface CorrectedDifference {
  /** Half-width of the simultaneous interval: with the given confidence, all intervals of the family hold together. */
  readonly halfWidth: number;
  /** Holm-adjusted p-value. */
  readonly p: number;
}

/** A family of comparisons, corrected for their number. */
export interface Correction {
  readonly method: 'none' | 'bonferroni' | 'max-t';
  /** Comparisons that were counted. A comparison without any difference, or with fewer than two pairs, is not. */
  readonly comparisons: number;
  /** In the order of the comparisons; undefined for those that were not counted. */
  readonly corrected: readonly (CorrectedDifference | undefined)[];
}

const RESAMPLES = 2000;

/** Limit of multiplications, because more take seconds. Beyond it, Bonferroni's interval is used: with so many seeds it is nearly the same. */
const MOST_WORK = 4e8;

/**
 * Simultaneous intervals and Holm-adjusted p-values of a family of comparisons over the same seeds. The interval is that of the
 * max-t bootstrap over seeds, which uses that comparisons depend on each other (Westfall & Young, Resampling-Based Multiple
 * Testing, 1993), or Bonferroni's where that is narrower: with few seeds a resample often has one seed several times, so
 * that the bootstrap is wider than needed.
 */
export function correctForNumber(
  family: readonly DifferencesBySeed[],
  { confidence, seed }: { readonly confidence: number; readonly seed: string },
): Correction {
  const members = family.flatMap((differences, place) => {
    const values = differences.filter((one) => one !== undefined);
    const isCounted = values.length > 1 && !values.every((value) => value === 0);
    return isCounted ? [{ place, differences, values }] : [];
  });
  const comparisons = members.length;
  const corrected: (CorrectedDifference | undefined)[] = family.map(() => undefined);
  if (comparisons === 0) return { method: 'none', comparisons, corrected };
  const seeds = family[0].length;
  const maxT =
    comparisons === 1 || comparisons * seeds * RESAMPLES > MOST_WORK
      ? Number.POSITIVE_INFINITY
      : maxTQuantile(
          members.map(({ differences }) => differences),
          confidence,
          alea(`${seed}/max-t`),
        );
  const bonferroni = (pairs: number) => studentT(1 - (1 - confidence) / comparisons / 2, pairs - 1);
  const adjusted = holm(members.map(({ values }) => pairedDifference(values)?.p ?? 1));
  for (const [i, { place, values }] of members.entries()) {
    const quantile = Math.min(maxT, bonferroni(values.length));
    corrected[place] = { halfWidth: quantile * standardError(values), p: adjusted[i] };
  }
  const method = maxT < bonferroni(seeds) ? 'max-t' : 'bonferroni';
  return { method: comparisons === 1 ? 'none' : method, comparisons, corrected };
}

/** Holm-adjusted p-values, in the given order (Holm, A simple sequentially rejective multiple test procedure, 1979). */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((_, i) => i).sort((a, b) => pValues[a] - pValues[b]);
  const adjusted = new Array<number>(pValues.length);
  let largest = 0;
  for (const [rank, i] of order.entries()) {
    largest = Math.max(largest, Math.min(1, (pValues.length - rank) * pValues[i]));
    adjusted[i] = largest;
  }
  return adjusted;
}

/** The quantile of the largest |t| of a family, over resamples of the seeds with replacement. */
export function maxTQuantile(
  family: readonly DifferencesBySeed[],
  confidence: number,
  draw: () => number,
): number {
  const seeds = family[0].length;
  // The work is resamples x comparisons x seeds, so centred values are in typed arrays; NaN is a missing pair.
  const centred = family.flatMap((differences) => {
    const values = differences.filter((one) => one !== undefined);
    // The same in all pairs: no t statistic.
    if (isConstant(values)) return [];
    const { mean } = meanInterval(values);
    return [Float64Array.from(differences, (one) => (one === undefined ? Number.NaN : one - mean))];
  });
  if (centred.length === 0) return Number.POSITIVE_INFINITY;
  const drawn = new Uint32Array(seeds);
  const largest = new Float64Array(RESAMPLES);
  for (let resample = 0; resample < RESAMPLES; resample++) {
    for (let i = 0; i < seeds; i++) drawn[i] = Math.floor(draw() * seeds);
    for (const values of centred) {
      const t = absoluteT(values, drawn);
      if (t > largest[resample]) largest[resample] = t;
    }
  }
  largest.sort();
  const rank = Math.ceil(confidence * (RESAMPLES + 1));
  return rank > RESAMPLES ? Number.POSITIVE_INFINITY : largest[rank - 1];
}

/** |t| of a resample of centred values; infinite if all drawn values are equal and not 0. */
function absoluteT(values: Float64Array, drawn: Uint32Array): number {
  let count = 0;
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < drawn.length; i++) {
    const value = values[drawn[i]];
    if (Number.isNaN(value)) continue;
    count++;
    sum += value;
    squares += value * value;
  }
  if (count < 2) return Number.POSITIVE_INFINITY;
  const variance = (squares - (sum * sum) / count) / (count - 1);
  if (variance <= 1e-12 * squares) return sum === 0 ? 0 : Number.POSITIVE_INFINITY;
  return Math.abs(sum / count) / Math.sqrt(variance / count);
}
