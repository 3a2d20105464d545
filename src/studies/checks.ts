import { meanInterval } from '../results/interval.js';
import type { Check } from './study.js';

/** A figure as a publication prints it: `9`, `2.52`, `45/11`. */
export type Printed = string;

/** Differences below this are rounding of doubles, not of the print. */
const ROUNDING = 1e-9;

/** The value of a printed figure. */
export function printedValue(text: Printed): number {
  const [over, under = '1'] = text.split('/');
  return Number(over) / Number(under);
}

/**
 * Would the value be printed like this? A fraction or a whole number must be met exactly, a decimal within half a unit of its
 * last digit.
 */
export function agreesInPrint(text: Printed, value: number): boolean {
  const decimals = /\.(\d+)$/.exec(text)?.[1].length;
  const half = decimals === undefined ? 0 : 0.5 * 10 ** -decimals;
  const wanted = printedValue(text);
  return Math.abs(value - wanted) <= half + ROUNDING * Math.max(1, Math.abs(wanted));
}

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
    difference: largest <= 1e-9 ? 'none' : `${figureText(largest)}${passed ? ', rounding of the print' : ''}`,
    passed,
  };
}

/** Five significant digits, without trailing zeros. */
function figureText(value: number): string {
  return String(Number(value.toPrecision(5)));
}

/** Compares what happened one after another. */
export function sequenceCheck(what: string, published: readonly string[], ours: readonly string[]): Check {
  const passed = published.length === ours.length && published.every((name, i) => name === ours[i]);
  return {
    what,
    published: published.join(' '),
    ours: ours.join(' '),
    difference: passed ? 'none' : 'another order',
    passed,
  };
}
