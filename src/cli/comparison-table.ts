import pc from 'picocolors';
import type { Summary } from '../metrics/catalogue/catalogue.js';
import { durationText, fromSeconds } from '../model/index.js';
import { type Comparison, isShort } from '../results/comparison.js';
import { amountText, intervalText, pluralText } from '../results/metric-text.js';
import { droppedNotes, policyNotes, scriptNotes } from '../results/run-notes.js';
import { variantsOf } from '../results/variants.js';
import { prose, writeMessage } from './prose.js';
import { tableText } from './table.js';

/** The comparison as a table with policies as columns. The heading names the workload, machines, length and seeds. */
export function comparisonTable(comparison: Comparison, options: { readonly all: boolean }): string {
  const rows = comparison.rows
    .filter((row) => (options.all ? row.values.some((value) => value !== undefined) : isShort(row)))
    .map(({ metric, values }) => [metric.key, ...values.map((value) => intervalText(value, metric))]);
  const columns = [
    { title: '', align: 'left' as const },
    ...comparison.columns.map((column) => ({ title: column.name, align: 'right' as const })),
  ];
  return `${heading(comparison.columns[0].summaries)}\n${tableText(columns, rows)}`;
}

function heading(summaries: readonly Summary[]): string {
  const { run } = summaries[0];
  const capacity = Object.entries(run.machines.capacity).map(([name, amount]) => amountText(name, amount));
  const length = durationText(fromSeconds(run.length));
  const seeds =
    summaries.length === 1 ? `seed ${run.seed}` : `${summaries.length} seeds, mean ± 95 % interval`;
  const what = `${run.workload.name} on ${pluralText(run.machines.count, 'machine')}`;
  return prose(`${pc.bold(what)} ${pc.dim(`(${capacity.join(', ')}), ${length}, ${seeds}`)}\n`);
}

/** Writes the notes below the table: dropped rows, tasks that could not run, refused decisions. */
export function writeNotes(summaries: readonly Summary[]): void {
  const lines = [
    ...new Set(summaries.flatMap((summary) => [...droppedNotes(summary), ...scriptNotes(summary)])),
    ...variantsOf(summaries).flatMap((variant) => policyNotes(variant.name, variant.summaries)),
  ];
  for (const line of lines) writeMessage(`${pc.dim('note:')} ${line}`);
}
