import { catalogue } from '../metrics/catalogue/catalogue.js';
import { InputError, parseDuration, toSeconds } from '../model/index.js';
import type { Comparison } from './comparison.js';
import { intervalText } from './interval-text.js';
import { countText, metricText } from './metric-text.js';
import { replicationsNeeded } from './statistics/replications.js';

/** The half-width that is wanted for the 95 % interval of a metric's mean. */
export interface Precision {
  readonly key: string;
  /** As a share of the mean, or in the unit of the metric (seconds for a time). */
  readonly halfWidth: { readonly kind: 'relative' | 'absolute'; readonly amount: number };
  readonly text: string;
}

const FORM = "a metric and a half-width, such as 'wait.mean 5 %' or 'wait.mean 2s'";

/** Reads `wait.mean 5 %`, `wait.mean 2s` or `queue.mean 0.5`. @throws InputError */
export function parsePrecision(text: string, field: string): Precision {
  const [, key, number, unit] = /^\s*(\S+)\s+(\d+(?:\.\d+)?)\s*(%|[a-z]*)\s*$/.exec(text) ?? [];
  if (key === undefined || !(Number(number) > 0)) throw InputError.expected({ field }, text, FORM);
  const known = Object.keys('fields' in catalogue.shape ? catalogue.shape.fields : {});
  const [group] = key.split('.');
  if (!known.includes(group))
    throw InputError.expected({ field }, group, 'a metric of the summary, such as wait.mean', known);
  if (unit === '%') return { key, text, halfWidth: { kind: 'relative', amount: Number(number) / 100 } };
  const duration = unit === '' ? undefined : parseDuration(`${number}${unit}`);
  if (unit !== '' && duration === undefined) throw InputError.expected({ field }, text, FORM);
  const amount = duration === undefined ? Number(number) : toSeconds(duration);
  return { key, text, halfWidth: { kind: 'absolute', amount } };
}

/** How near the columns of a comparison are to a precision. */
export interface PrecisionReport {
  readonly isReached: boolean;
  /** Seeds that the column farthest from it is expected to need; undefined if that is unknown or beyond a million. */
  readonly seedsNeeded: number | undefined;
  /** A sentence for each column. */
  readonly sentences: readonly string[];
}

/** Compares the intervals of a metric with the wanted half-width. @throws InputError if no run has the metric. */
export function precisionReport(
  { columns, rows }: Comparison,
  { key, halfWidth: wanted }: Precision,
  field: string,
): PrecisionReport {
  const row = rows.find(({ metric }) => metric.key === key);
  if (row === undefined) {
    const known = rows.map(({ metric }) => metric.key);
    throw InputError.expected({ field }, key, 'a metric of these runs that tables show', known);
  }
  const states = columns.map(({ name, isDeterministic }, i) => {
    const value = row.values[i];
    if (value === undefined || isDeterministic || value.halfWidth === undefined) {
      const why = isDeterministic ? 'is equal under every seed' : 'has no interval';
      return {
        needed: isDeterministic ? 1 : undefined,
        isReached: isDeterministic,
        sentence: `${name}: ${key} ${why}.`,
      };
    }
    const { count, halfWidth } = value;
    const limit = wanted.kind === 'relative' ? wanted.amount * Math.abs(value.mean) : wanted.amount;
    const isReached = halfWidth <= limit;
    const needed = isReached ? count : replicationsNeeded({ count, halfWidth }, limit);
    const shown = `${name}: ${key} is ${intervalText(value, row.metric)} after ${countText(count)} seeds`;
    const more = needed === undefined ? 'more than a million' : `about ${countText(needed - count)} more`;
    const rest = isReached ? '' : `; ± ${metricText(limit, row.metric)} needs ${more}`;
    return { needed, isReached, sentence: `${shown}${rest}.` };
  });
  const needed = states.map((state) => state.needed);
  return {
    isReached: states.every((state) => state.isReached),
    seedsNeeded: needed.some((one) => one === undefined) ? undefined : Math.max(...(needed as number[])),
    sentences: states.map(({ sentence }) => sentence),
  };
}
