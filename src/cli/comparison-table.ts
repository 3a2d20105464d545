import pc from 'picocolors';
import type { Summary } from '../metrics/catalogue/catalogue.js';
import { durationText, fromSeconds } from '../model/index.js';
import type { ComparedMetric, Comparison } from '../results/comparison.js';
import { legendOf } from '../results/comparison-legend.js';
import { cellOf } from '../results/interval-text.js';
import { amountText, pluralText } from '../results/metric-text.js';
import { droppedNotes, policyNotes, scriptNotes, warmUpNotes } from '../results/run-notes.js';
import { shownRows } from '../results/shown-rows.js';
import { variantsOf } from '../results/variants.js';
import { prose, writeMessage } from './prose.js';
import { tableText } from './table.js';

/**
 * The comparison as a table with policies as columns. The heading names the workload, machines, length and seeds. With several
 * seeds, the reference has its interval, and the others have their paired difference to it on a second line.
 */
export function comparisonTable(comparison: Comparison, options: { readonly all: boolean }): string {
  const shown = shownRows(comparison, options);
  const columns = [
    { title: '', align: 'left' as const },
    ...comparison.columns.map((column) => ({ title: column.name, align: 'right' as const })),
  ];
  const table = tableText(
    columns,
    shown.rows.map((row) => [row.metric.key, ...cellsOf(row, comparison)]),
  );
  const legend = legendOf(comparison, shown);
  const below = legend.length === 0 ? '' : `\n${prose(pc.dim(legend.join(' ')))}\n`;
  return `${heading(comparison.columns)}\n${table}${below}`;
}

function cellsOf(row: ComparedMetric, comparison: Comparison): string[] {
  return row.values.map((_, i) => {
    const { value, difference, isSupported } = cellOf(row, comparison, i);
    if (difference === '') return value;
    return `${value}\n${isSupported ? pc.bold(difference) : pc.dim(difference)}`;
  });
}

function heading(columns: Comparison['columns']): string {
  const { summaries } = columns[0];
  const { run } = summaries[0];
  const capacity = Object.entries(run.machines.capacity).map(([name, amount]) => amountText(name, amount));
  const length = durationText(fromSeconds(run.length));
  const most = Math.max(...columns.map((column) => column.summaries.length));
  const seeds = most === 1 ? `seed ${run.seed}` : `${most} seeds`;
  const left =
    run.warmUp === undefined ? '' : ` without the first ${durationText(fromSeconds(run.warmUp.seconds))}`;
  const what = `${run.workload.name} on ${pluralText(run.machines.count, 'machine')}`;
  return prose(`${pc.bold(what)} ${pc.dim(`(${capacity.join(', ')}), ${length}${left}, ${seeds}`)}\n`);
}

/** Writes the notes below the table: dropped rows, tasks that could not run, refused decisions. */
export function writeNotes(summaries: readonly Summary[]): void {
  const lines = [
    ...new Set(summaries.flatMap(warmUpNotes)),
    ...new Set(summaries.flatMap((summary) => [...droppedNotes(summary), ...scriptNotes(summary)])),
    ...variantsOf(summaries).flatMap((variant) => policyNotes(variant.name, variant.summaries)),
  ];
  for (const line of lines) writeNote(line);
}

/** Writes one note. */
export function writeNote(line: string): void {
  writeMessage(`${pc.dim('note:')} ${line}`);
}
