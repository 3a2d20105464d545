import type { Summary } from '../metrics/catalogue/catalogue.js';
import { type ComparedMetric, compareRuns, isShort } from '../results/comparison.js';
import { intervalText } from '../results/interval-text.js';
import type { MeanInterval } from '../results/statistics/mean-interval.js';
import type { ComparisonRow, ComparisonTable } from './report-data.js';

/** The comparison as text, with the best value of each row marked. Metrics without values are omitted. */
export function comparisonTable(summaries: readonly Summary[]): ComparisonTable {
  const { columns, rows } = compareRuns(summaries);
  return {
    policies: columns.map((column) => column.name),
    rows: rows.filter((row) => row.values.some((value) => value !== undefined)).map(rowOf),
    hasIntervals: columns.some((column) => column.summaries.length > 1),
  };
}

function rowOf(row: ComparedMetric): ComparisonRow {
  const { metric, values } = row;
  const texts = values.map((value) => intervalText(value, metric));
  const best = bestOf(values, texts, metric.better);
  return {
    name: metric.key,
    about: metric.about ?? '',
    better: metric.better,
    isShort: isShort(row),
    cells: texts.map((text, i) => ({ text, isBest: best[i] })),
  };
}

/**
 * Marks the best values, and values not distinguishable from the best: equal text or overlapping confidence intervals. None
 * without a direction, or if all values would be marked.
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
