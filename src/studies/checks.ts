import { meanInterval } from '../results/statistics/mean-interval.js';
import type { Check } from './study.js';

/** A figure as printed in a publication: `9`, `2.52`, `45/11`. */
export type Printed = string;

/** Differences below this are floating-point rounding, not rounding of the printed value. */
const ROUNDING = 1e-9;

/** The value of a printed figure. */
export function printedValue(text: Printed): number {
  const [over, under = '1'] = text.split('/');
  return Number(over) / Number(under);
}

/**
 * Whether the value rounds to the printed figure. Fractions and integers must match exactly, decimals within half a unit of the
 * last digit.
 */
export function agreesInPrint(text: Printed, value: number): boolean {
  const decimals = /\.(\d+)$/.exec(text)?.[1].length;
  const half = decimals === undefined ? 0 : 0.5 * 10 ** -decimals;
  const wanted = printedValue(text);
  return Math.abs(value - wanted) <= half + ROUNDING * Math.max(1, Math.abs(wanted));
}

/** A theoretical value and the results of independent replications. */
export interface IntervalClaim {
  readonly what: string;
  readonly theory: number;
  /** The printed value, if it approximates the theory. */
  readonly printed?: string;
  /** One per replication. */
  readonly values: readonly number[];
  /** Maximum half-width relative to the theory: a wider interval could not detect a wrong value. */
  readonly within: number;
}

/** Confidence of each interval: with about fifty intervals in a study, a true theory misses one in about 20 sets of seeds. */
const CONFIDENCE = 0.999;

/** Passes when the theory lies in the t-interval over the replications and the interval is narrow enough. */
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
    // If all replications agree, the half-width is 0 and rounding errors need a tolerance.
    passed: isNarrow && Math.abs(mean - theory) <= halfWidth + 1e-9 * theory,
  };
}

/** Compares figures with printed ones, all of which must agree; see agreesInPrint. */
export function figuresCheck(what: string, published: readonly Printed[], ours: readonly number[]): Check {
  const agree = published.map((text, i) => agreesInPrint(text, ours[i]));
  const differences = published.map((text, i) => Math.abs(ours[i] - printedValue(text)));
  const passed = ours.length === published.length && agree.every(Boolean);
  const largest = Math.max(...differences);
  return {
    what,
    published: published.join(', '),
    ours: ours.map(figureText).join(', '),
    difference:
      largest <= 1e-9 ? 'none' : `${figureText(largest)}${passed ? ', rounding of the printed value' : ''}`,
    passed,
  };
}

/** Five significant digits, without trailing zeros. */
function figureText(value: number): string {
  return String(Number(value.toPrecision(5)));
}

/** Compares two sequences. */
export function sequenceCheck(what: string, published: readonly string[], ours: readonly string[]): Check {
  const passed = published.length === ours.length && published.every((name, i) => name === ours[i]);
  return {
    what,
    published: published.join(' '),
    ours: ours.join(' '),
    difference: passed ? 'none' : 'different order',
    passed,
  };
}
