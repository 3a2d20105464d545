import type { Summary } from '../metrics/catalogue/catalogue.js';
import { durationText, fromSeconds } from '../model/index.js';
import type { Metric } from './metric.js';
import type { Range } from './statistics/mean-interval.js';

/** How a value is written: by its unit, and with significant digits if small values matter. */
export type Written = Pick<Metric, 'unit' | 'isRare'>;

/** The values that a number of a summary can have: none is negative. */
export function rangeOf({ unit }: Pick<Metric, 'unit'>): Range {
  const isShare = unit === 'share' || unit === 'probability';
  return { least: 0, most: isShare ? 1 : Number.POSITIVE_INFINITY };
}

/** Formats the value of a metric: `37.5 %`, `2m 5s`, `12,345`; a dash without a value. */
export function metricText(value: number | undefined, written: Written): string {
  if (value === undefined || Number.isNaN(value)) return '–';
  const text = numberText(value, written);
  // A small negative number is rounded to -0.
  return /[1-9]/.test(text) ? text : text.replace(/^-/, '');
}

function numberText(value: number, { unit, isRare }: Written): string {
  switch (unit) {
    case 's':
      return durationText(fromSeconds(value));
    case 'share':
    case 'probability':
      return isRare ? `${Number((value * 100).toPrecision(2))} %` : `${(value * 100).toFixed(1)} %`;
    case 'count':
    case 'bytes':
      return countText(value);
    default:
      if (Math.abs(value) < 0.0005) return '0';
      return Math.abs(value) >= 1000 ? countText(Math.round(value)) : String(Number(value.toPrecision(3)));
  }
}

/** `1234567` as `1,234,567`. */
export function countText(value: number): string {
  // toLocaleString would load locale tables, which takes a tenth of a short run.
  const [whole, tenths] = value.toFixed(1).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return tenths === undefined || tenths === '0' ? grouped : `${grouped}.${tenths}`;
}

/** `1 machine`, `500 machines`. */
export function pluralText(count: number, noun: string): string {
  return `${countText(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** `8,000 cores`, `31.3 TiB mem`: an amount in its customary unit. */
export function amountText(resource: string, amount: number): string {
  if (resource === 'cpus') return pluralText(amount, 'core');
  if (resource === 'mem') return `${sizeText(amount)} memory`;
  if (resource === 'disk') return `${sizeText(amount)} disk`;
  if (resource === 'gpus') return pluralText(amount, 'GPU');
  if (resource === 'network') return `${countText(amount)} Mbit/s network`;
  return `${countText(amount)} ${resource}`;
}

function sizeText(mebibytes: number): string {
  if (mebibytes >= 2 ** 20) return `${countText(mebibytes / 2 ** 20)} TiB`;
  return mebibytes >= 2 ** 10 ? `${countText(mebibytes / 2 ** 10)} GiB` : `${countText(mebibytes)} MiB`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listText(items: readonly string[]): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/** A table of text; the first column has the row labels. */
export interface LabelledTable {
  readonly caption: string;
  /** Titles of the columns after the first. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Name of a run: its policy, and its seed if seeds differ. */
export function runName({ run }: Summary, among: readonly Summary[]): string {
  const hasSeeds = among.some((other) => other.run.seed !== run.seed);
  return hasSeeds ? `${run.policy.name}, seed ${run.seed}` : run.policy.name;
}
