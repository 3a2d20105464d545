import { type ComparedMetric, type Comparison, isShort } from '../results/comparison.js';
import { legendOf } from '../results/comparison-legend.js';
import { cellOf, valueText } from '../results/interval-text.js';
import { shownRows } from '../results/shown-rows.js';
import type { ComparisonRow, ComparisonTable } from './report-data.js';

/** The comparison as text, as a terminal prints it. Metrics without values are omitted. */
export function comparisonTable(comparison: Comparison): ComparisonTable {
  const { columns, reference } = comparison;
  const all = shownRows(comparison, { all: true });
  const short = shownRows(comparison, { all: false });
  return {
    policies: columns.map((column) => column.name),
    reference,
    rows: all.rows.map((row) => rowOf(row, comparison, short.rows.includes(row))),
    legend: legendOf(comparison, short),
  };
}

function rowOf(row: ComparedMetric, comparison: Comparison, isShown: boolean): ComparisonRow {
  const { metric, values } = row;
  return {
    name: metric.key,
    about: metric.about ?? '',
    better: metric.better,
    isShort: isShown && isShort(row),
    cells: comparison.columns.map((_, i) => {
      const cell = cellOf(row, comparison, i);
      return { ...cell, value: cell.difference === '' ? valueText(values[i], metric) : cell.value };
    }),
  };
}
