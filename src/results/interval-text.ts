import type { ComparedDifference, ComparedMetric, ComparedValue, Comparison } from './comparison.js';
import { countText, metricText, type Written } from './metric-text.js';
import type { MeanInterval } from './statistics/mean-interval.js';

/** A cell of a comparison. */
export interface Cell {
  /** The mean, with its interval if there is no difference. */
  readonly value: string;
  /** The paired difference to the reference; empty for the reference, and without an interval. */
  readonly difference: string;
  readonly isSupported: boolean;
}

/** The text of one column of a row. */
export function cellOf(
  { metric, values, differences }: ComparedMetric,
  { reference }: Pick<Comparison, 'reference'>,
  column: number,
): Cell {
  const difference = column === reference ? '' : differenceText(differences[column], metric);
  const write = difference === '' ? valueText : meanText;
  return {
    value: write(values[column], metric),
    difference,
    isSupported: differences[column]?.isSupported === true,
  };
}

/**
 * A mean over seeds, with the half-width of its interval if any: `37.5 ± 0.2 %`. The digits follow the half-width, and the unit the larger
 * of both: `0 ± 8 min`.
 */
export function intervalText(value: MeanInterval | undefined, written: Written): string {
  if (value === undefined || !hasWidth(value.halfWidth)) return metricText(value?.mean, written);
  const scale = scaleOf(Math.max(Math.abs(value.mean), value.halfWidth), written);
  const decimals = decimalsFor(value.halfWidth, value.mean, scale);
  return `${scaled(value.mean, scale, decimals)} ± ${widthText(value.halfWidth, scale, decimals)}${scale.suffix}`;
}

/** A mean with the limits of its interval within the range of its metric. */
export type LimitedMean = MeanInterval & Pick<ComparedValue, 'limits'>;

/** As intervalText; limits that mean ± half-width would put outside the range of the metric are written out: `3 (0.4–25) s`. */
export function valueText(value: LimitedMean | undefined, written: Written): string {
  if (value?.limits === undefined || !hasWidth(value.halfWidth)) return intervalText(value, written);
  const { mean, halfWidth, limits } = value;
  const { low, high } = limits;
  if (Math.abs(mean - halfWidth - low) <= 1e-9 * halfWidth) return intervalText(value, written);
  const scale = scaleOf(mean, written);
  const decimals = decimalsFor(halfWidth, mean, scale);
  return `${scaled(mean, scale, decimals)} (${significant(low, scale)}–${significant(high, scale)})${scale.suffix}`;
}

/** The mean of a column, with the digits that its interval allows. */
export function meanText(value: ComparedValue | undefined, written: Written): string {
  if (value === undefined || !hasWidth(value.halfWidth)) return metricText(value?.mean, written);
  const scale = scaleOf(Math.max(Math.abs(value.mean), value.halfWidth), written);
  return `${scaled(value.mean, scale, decimalsFor(value.halfWidth, value.mean, scale))}${scale.suffix}`;
}

/**
 * A difference: `-38.0 ± 21 (12) s`, with the half-width of the simultaneous interval, and in parentheses that of this difference
 * alone if it is another. One that rounds to 0 has no sign. Differences of shares are in percentage points. Empty without an interval.
 */
export function differenceText(difference: ComparedDifference | undefined, written: Written): string {
  if (difference?.halfWidth === undefined) return '';
  const { mean, halfWidth, corrected } = difference;
  if (mean === 0 && halfWidth === 0) return 'equal';
  const scale = scaleOf(Math.max(Math.abs(mean), halfWidth), written);
  const suffix = scale.suffix === ' %' ? ' pp' : scale.suffix;
  const decimals = decimalsFor(corrected?.halfWidth ?? halfWidth, mean, scale, 'short');
  const head = withSign(scaled(mean, scale, decimals));
  if (halfWidth === 0) return `${head}${suffix}`;
  const alone = widthText(halfWidth, scale, decimals);
  const together = corrected === undefined ? alone : widthText(corrected.halfWidth, scale, decimals);
  return `${head} ± ${together}${together === alone ? '' : ` (${alone})`}${suffix}`;
}

/** A difference without an interval: `+3.0 s`, `-0.2 pp`, `0`. */
export function changeText(difference: number, written: Written): string {
  return withSign(metricText(difference, written)).replace(/ %$/, ' pp');
}

/** A number in text with a plus if it is positive; 0, also one that is rounded, has no sign. */
function withSign(text: string): string {
  return /^[^-–]*[1-9]/.test(text) ? `+${text}` : text;
}

/** A unit in which numbers are written: value / size, then the suffix. */
interface Scale {
  readonly size: number;
  readonly suffix: string;
}

/** From this many seconds on, a time is written in this unit. */
const TIMES: readonly (Scale & { readonly from: number })[] = [
  { from: 172_800, size: 86_400, suffix: ' d' },
  { from: 7200, size: 3600, suffix: ' h' },
  { from: 120, size: 60, suffix: ' min' },
  { from: 1, size: 1, suffix: ' s' },
  { from: 0, size: 1e-3, suffix: ' ms' },
];

function scaleOf(magnitude: number, { unit }: Written): Scale {
  if (unit === 's') return TIMES.find(({ from }) => Math.abs(magnitude) >= from) as Scale;
  if (unit === 'share' || unit === 'probability') return { size: 0.01, suffix: ' %' };
  return { size: 1, suffix: '' };
}

function hasWidth(halfWidth: number | undefined): halfWidth is number {
  return halfWidth !== undefined && halfWidth > 0;
}

/** A number has no more digits than this, however narrow its interval is. */
const MOST_DIGITS = 6;

/** Decimals that show two digits of the half-width; in short form one digit if it is 3 or more, as tables of constants do. */
function decimalsFor(
  halfWidth: number,
  mean: number,
  { size }: Scale,
  form: 'long' | 'short' = 'long',
): number {
  const exponent = (value: number) => (value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value) / size)));
  const most = Math.max(0, MOST_DIGITS - 1 - Math.max(0, exponent(mean)));
  const first = halfWidth / size / 10 ** exponent(halfWidth);
  const digits = form === 'short' && first >= 3 ? 1 : 2;
  return Math.min(most, Math.max(0, digits - 1 - exponent(halfWidth)));
}

/** Negative zero is written as 0. */
function scaled(value: number, { size }: Scale, decimals: number): string {
  const text = (value / size).toFixed(decimals);
  if (Number(text) === 0) return (0).toFixed(decimals);
  return text.replace(/^-?\d+/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ','));
}

/** A half-width is rounded, but never to 0. */
function widthText(halfWidth: number, scale: Scale, decimals: number): string {
  return scaled(Math.max(halfWidth, scale.size * 10 ** -decimals), scale, decimals);
}

/** Two significant digits: limits around a factor do not have the digits of a half-width. */
function significant(value: number, { size }: Scale): string {
  const rounded = Number((value / size).toPrecision(2));
  return Math.abs(rounded) >= 1000 ? countText(rounded) : String(rounded);
}
