import { type ComparedMetric, compareRuns } from '../lab/comparison.js';
import type { MeanInterval } from '../lab/interval.js';
import type { Summary } from '../metrics/summary-schema.js';
import { metricText } from './metric-text.js';
import type { ComparisonRow, ComparisonTable } from './report-data.js';

const HEADLINES: readonly RegExp[] = [
  /^utilization\..*\.mean$/,
  /^(wait|taskWait|response)\.(mean|p95|p99)$/,
  /^boundedSlowdown\.(mean|p95)$/,
  /^makespan$/,
  /^jobs\.(finished|failed|unfinished)$/,
  /^tasks\.(abandoned|rejected|preempted|pending)$/,
  /^queue\.mean$/,
  /^fairness\.jain$/,
];

/** Rows that are worth a headline only when some policy has something there. */
const NO_HEADLINE_WHEN_ZERO = /^(jobs\.(failed|unfinished)|tasks\.)/;

/** A half-width below this share of the mean does not show in the digits of the mean. */
const UNSEEN = 5e-4;

/** The comparison as text, with the best of each row marked; metrics that no run has are left out. */
export function comparisonTable(summaries: readonly Summary[]): ComparisonTable {
  const { columns, rows } = compareRuns(summaries);
  return {
    policies: columns.map((column) => column.name),
    rows: rows.filter((row) => row.values.some((value) => value !== undefined)).map(rowOf),
    hasIntervals: columns.some((column) => column.summaries.length > 1),
  };
}

function rowOf({ metric, values }: ComparedMetric): ComparisonRow {
  const texts = values.map((value) => intervalText(value, (number) => metricText(number, metric.unit)));
  const best = bestOf(values, texts, metric.better);
  return {
    label: metric.label,
    better: metric.better,
    isHeadline: isHeadline(metric.key, values),
    cells: texts.map((text, i) => ({ text, isBest: best[i] })),
  };
}

function isHeadline(key: string, values: readonly (MeanInterval | undefined)[]): boolean {
  if (!HEADLINES.some((pattern) => pattern.test(key))) return false;
  return !NO_HEADLINE_WHEN_ZERO.test(key) || values.some((value) => (value?.mean ?? 0) !== 0);
}

function intervalText(value: MeanInterval | undefined, text: (number: number | undefined) => string): string {
  if (value?.halfWidth === undefined) return text(value?.mean);
  const { mean, halfWidth } = value;
  return `${text(mean)} ± ${text(halfWidth < UNSEEN * Math.abs(mean) ? 0 : halfWidth)}`;
}

/**
 * Which values are the best, or cannot be told from it: they read the same, or their confidence intervals overlap. None
 * where no way is good, or where that would be all.
 */
function bestOf(
  values: readonly (MeanInterval | undefined)[],
  texts: readonly string[],
  better: ComparisonRow['better'],
): boolean[] {
  const known = values.flatMap((value, i) => (value === undefined ? [] : [{ ...value, text: texts[i] }]));
  const sign = better === 'lower' ? 1 : -1;
  const best = known.toSorted((a, b) => sign * (a.mean - b.mean))[0];
  const isBest = values.map(
    (value, i) => value !== undefined && (texts[i] === best.text || overlap(value, best)),
  );
  const isTold = better !== 'neither' && isBest.filter(Boolean).length < known.length;
  return isTold ? isBest : values.map(() => false);
}

function overlap(a: MeanInterval, b: MeanInterval): boolean {
  if (a.halfWidth === undefined || b.halfWidth === undefined) return false;
  return Math.abs(a.mean - b.mean) <= a.halfWidth + b.halfWidth;
}
