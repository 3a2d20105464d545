import pc from 'picocolors';
import type { Summary } from '../metrics/catalogue/catalogue.js';
import { durationText, fromSeconds } from '../model/index.js';
import type { ComparedMetric, Comparison } from '../results/comparison.js';
import { differenceText, meanText, valueText } from '../results/interval-text.js';
import { amountText, pluralText } from '../results/metric-text.js';
import { droppedNotes, policyNotes, scriptNotes } from '../results/run-notes.js';
import { shownRows } from '../results/shown-rows.js';
import { variantsOf } from '../results/variants.js';
import { prose, writeMessage } from './prose.js';
import { tableText } from './table.js';

/**
 * The comparison as a table with policies as columns. The heading names the workload, machines, length and seeds. With several
 * seeds, the reference has its interval, and the others have their paired difference to it on a second line.
 */
export function comparisonTable(comparison: Comparison, options: { readonly all: boolean }): string {
  const { rows, equal } = shownRows(comparison, options);
  const columns = [
    { title: '', align: 'left' as const },
    ...comparison.columns.map((column) => ({ title: column.name, align: 'right' as const })),
  ];
  const table = tableText(
    columns,
    rows.map((row) => [row.metric.key, ...cellsOf(row, comparison)]),
  );
  const legend = legendOf(comparison, rows, equal);
  const below = legend.length === 0 ? '' : `\n${prose(pc.dim(legend.join(' ')))}\n`;
  return `${heading(comparison.columns)}\n${table}${below}`;
}

function cellsOf({ metric, values, differences }: ComparedMetric, { reference }: Comparison): string[] {
  return values.map((value, i) => {
    const difference = differences[i];
    const text = differenceText(difference, metric);
    if (i === reference || text === '') return valueText(value, metric);
    return `${meanText(value, metric)}\n${difference?.isSupported ? pc.bold(text) : pc.dim(text)}`;
  });
}

function heading(columns: Comparison['columns']): string {
  const { summaries } = columns[0];
  const { run } = summaries[0];
  const capacity = Object.entries(run.machines.capacity).map(([name, amount]) => amountText(name, amount));
  const length = durationText(fromSeconds(run.length));
  const most = Math.max(...columns.map((column) => column.summaries.length));
  const seeds = most === 1 ? `seed ${run.seed}` : `${most} seeds`;
  const what = `${run.workload.name} on ${pluralText(run.machines.count, 'machine')}`;
  return prose(`${pc.bold(what)} ${pc.dim(`(${capacity.join(', ')}), ${length}, ${seeds}`)}\n`);
}

/** What the numbers mean, in sentences. */
function legendOf(
  { columns, reference, correction }: Comparison,
  rows: readonly ComparedMetric[],
  equal: number,
): string[] {
  const isRandom = columns.some((column) => column.summaries.length > 1 && !column.isDeterministic);
  const to = columns[reference].name;
  const differences = rows.flatMap((row) => row.differences.filter((one) => one?.halfWidth !== undefined));
  const points = rows.some(
    ({ metric, differences: own }) =>
      metric.unit === 'share' && own.some((difference) => difference?.halfWidth !== undefined),
  );
  return [
    ...(isRandom ? ['Means over the seeds; ± is the half-width of a 95 % interval.'] : []),
    ...(differences.length > 0 ? [differenceLegend(to, correction.comparisons)] : []),
    ...(points ? ['pp are percentage points.'] : []),
    ...(columns.length > 1 && differences.length === 0
      ? [
          'There is one run of each policy, so a difference has no interval and may be chance; use --seeds 1-10.',
        ]
      : []),
    ...(equal > 0
      ? [
          `${pluralText(equal, 'row')} with equal values under every policy ${equal === 1 ? 'is' : 'are'} left out (--all shows them).`,
        ]
      : []),
  ];
}

function differenceLegend(to: string, comparisons: number): string {
  if (comparisons < 2)
    return `Second lines are paired differences to ${to}, by seed. A bold difference is supported: p is at most 5 %.`;
  return (
    `Second lines are paired differences to ${to}, by seed: ± the interval that holds for all ${comparisons} differences together, ` +
    'and in parentheses for this one alone. A bold difference is supported: its p, corrected by Holm, is at most 5 %.'
  );
}

/** Writes the notes below the table: dropped rows, tasks that could not run, refused decisions. */
export function writeNotes(summaries: readonly Summary[]): void {
  const lines = [
    ...new Set(summaries.flatMap((summary) => [...droppedNotes(summary), ...scriptNotes(summary)])),
    ...variantsOf(summaries).flatMap((variant) => policyNotes(variant.name, variant.summaries)),
  ];
  for (const line of lines) writeMessage(`${pc.dim('note:')} ${line}`);
}
