import { CONFIDENCE } from '../../../results/statistics/mean-interval.js';
import { type PairedDifference, pairedDifference } from '../../../results/statistics/paired-difference.js';
import {
  type CorrectedDifference,
  correctForNumber,
  type DifferencesBySeed,
} from '../../../results/statistics/simultaneous.js';
import type { SweepMetric } from '../../sweep/sweep-data.js';
import type { LoadedSweep } from './loaded-sweep.js';

/** Points, and the points of the reference with which they are paired. */
export interface ComparedPoints {
  readonly points: readonly number[];
  readonly reference: readonly number[];
}

/** A paired difference that is one of a family. */
export interface FamilyDifference extends PairedDifference {
  /** Undefined without an interval. */
  readonly corrected: CorrectedDifference | undefined;
  /** Whether the data support that there is a difference: the adjusted p-value is at most 5 %. */
  readonly isSupported: boolean;
}

/** A family of paired differences after the correction for their number. */
export interface CorrectedDifferences<Compared> {
  /** Those that have a common seed, in the given order. */
  readonly differences: readonly { readonly compared: Compared; readonly difference: FamilyDifference }[];
  /** Differences that were counted. */
  readonly comparisons: number;
}

/** Paired differences that a figure shows together for one metric, with simultaneous intervals. */
export function correctedDifferences<Compared extends ComparedPoints>(
  sweep: LoadedSweep,
  metric: SweepMetric,
  all: readonly Compared[],
): CorrectedDifferences<Compared> {
  // A policy that does not depend on an axis has the same difference at each of its values. This is one comparison, not several.
  const places = new Map<string, number>();
  const family: DifferencesBySeed[] = [];
  const placeOf = all.map(({ points, reference }) => {
    const pairs = sweep.pairsOf(points, reference);
    const key = pairs.join(' ');
    const known = places.get(key);
    if (known !== undefined) return known;
    places.set(key, family.length);
    return family.push(sweep.differencesBySeed(metric, pairs)) - 1;
  });
  const { corrected, comparisons } = correctForNumber(family, { confidence: CONFIDENCE, seed: 'sweep' });
  const differences = all.flatMap((compared, i) => {
    const single = pairedDifference(family[placeOf[i]].filter((one) => one !== undefined));
    if (single === undefined) return [];
    const together = corrected[placeOf[i]];
    const isSupported = together !== undefined && together.p <= 1 - CONFIDENCE;
    return [{ compared, difference: { ...single, corrected: together, isSupported } }];
  });
  return { differences, comparisons };
}
