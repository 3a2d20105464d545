import { meanInterval } from '../results/interval.js';
import type { Check } from './study.js';

/** A theory and the values of independent replications that are held against it. */
export interface IntervalClaim {
  readonly what: string;
  readonly theory: number;
  /** What was printed, where that is an approximation of the theory. */
  readonly printed?: string;
  /** One per replication. */
  readonly values: readonly number[];
  /** A half-width above this, as a share of the theory, would not find a wrong value out. */
  readonly within: number;
}

/** Of each interval: with some fifty of them in a study, a true theory misses one in about 20 sets of seeds. */
const CONFIDENCE = 0.999;

/** Passes when the theory lies in the t-interval over the replications, and that is narrow enough to say something. */
export function intervalCheck({ what, theory, printed, values, within }: IntervalClaim): Check {
  const { mean, halfWidth = Number.POSITIVE_INFINITY } = meanInterval(values, CONFIDENCE);
  const isNarrow = halfWidth <= within * theory;
  const exact = printed === undefined ? '' : ` from ${theory.toPrecision(5)}`;
  const off = `${(((mean - theory) / theory) * 100).toFixed(2)} %${exact}`;
  return {
    what,
    published: printed ?? theory.toPrecision(5),
    ours: `${mean.toPrecision(5)} ± ${halfWidth.toPrecision(2)}`,
    difference: isNarrow ? off : `${off}; the interval is wider than ${within * 100} %`,
    // Rounding of doubles alone makes a difference where all replications agree.
    passed: isNarrow && Math.abs(mean - theory) <= halfWidth + 1e-9 * theory,
  };
}
