import pc from 'picocolors';
import type { Comparison } from '../lab/comparison.js';
import type { Summary } from '../metrics/summary-schema.js';
import { durationText, fromSeconds } from '../model/index.js';
import { countText, metricText } from './format-number.js';
import { tableText } from './table.js';

/** What most people look at first; the rest is printed with --all. */
const HEADLINES: readonly RegExp[] = [
  /^utilization\..*\.mean$/,
  /^(wait|taskWait)\.(mean|p95|p99)$/,
  /^response\.(mean|p95)$/,
  /^boundedSlowdown\.(mean|p95)$/,
  /^makespan$/,
  /^jobs\.(finished|failed|unfinished)$/,
  /^tasks\.(abandoned|rejected|preempted|pending)$/,
  /^queue\.mean$/,
  /^fairness\.jain$/,
  /^byFramework\..*\.(wait\.p95|response\.p95)$/,
];

/** Rows that only matter when some policy has something there. */
const HIDDEN_WHEN_ZERO = /^(jobs\.(failed|unfinished)|tasks\.|offers\.|decisions\.|recovery\.|byFramework\.)/;

/** The comparison as a table, policies as columns, under a heading that says what was run. */
export function comparisonTable(comparison: Comparison, options: { readonly all: boolean }): string {
  const rows = comparison.rows
    .filter(({ metric }) => options.all || HEADLINES.some((pattern) => pattern.test(metric.key)))
    .filter(
      ({ metric, values }) =>
        options.all || !HIDDEN_WHEN_ZERO.test(metric.key) || values.some((v) => (v?.mean ?? 0) !== 0),
    )
    .filter(({ values }) => values.some((value) => value !== undefined))
    .map(({ metric, values }) => [
      metric.label,
      ...values.map((value) => {
        const mean = metricText(value?.mean, metric.unit);
        return value?.halfWidth === undefined
          ? mean
          : `${mean} ± ${metricText(value.halfWidth, metric.unit)}`;
      }),
    ]);
  const columns = [
    { title: '', align: 'left' as const },
    ...comparison.columns.map((column) => ({ title: column.name, align: 'right' as const })),
  ];
  return `${heading(comparison.columns[0].summaries)}\n${tableText(columns, rows)}`;
}

function heading(summaries: readonly Summary[]): string {
  const { run } = summaries[0];
  const capacity = Object.entries(run.machines.capacity).map(
    ([name, amount]) => `${amountText(name, amount)}`,
  );
  const seeds =
    summaries.length === 1 ? `seed ${run.seed}` : `${summaries.length} seeds, mean ± 95 % interval`;
  const what = `${run.workload.name} on ${countText(run.machines.count)} ${run.machines.count === 1 ? 'machine' : 'machines'}`;
  return `${pc.bold(what)} ${pc.dim(`(${capacity.join(', ')}), ${durationText(fromSeconds(run.length))}, ${seeds}`)}\n`;
}

function amountText(name: string, amount: number): string {
  if (name === 'cpus') return `${countText(amount)} cores`;
  if (name === 'mem' || name === 'disk') return `${sizeText(amount)} ${name === 'mem' ? 'memory' : 'disk'}`;
  return `${countText(amount)} ${name}`;
}

function sizeText(mebibytes: number): string {
  if (mebibytes >= 2 ** 20) return `${countText(mebibytes / 2 ** 20)} TiB`;
  return mebibytes >= 2 ** 10 ? `${countText(mebibytes / 2 ** 10)} GiB` : `${countText(mebibytes)} MiB`;
}

/** What a reader should know beside the numbers: rows left out, tasks that could not run, decisions refused. */
export function notes(summaries: readonly Summary[]): string {
  const lines = new Set<string>();
  for (const { run, tasks, refusals } of summaries) {
    for (const [reason, rows] of Object.entries(run.workload.dropped)) {
      lines.add(`${run.workload.name}: left out ${countText(rows)} jobs (${reason})`);
    }
    if (tasks.rejected > 0)
      lines.add(
        `${run.policy.name}: ${countText(tasks.rejected)} tasks fit no machine of the cluster and were rejected`,
      );
    if (tasks.failed > 0)
      lines.add(`${run.policy.name}: ${countText(tasks.failed)} tasks were stopped at their time limit`);
    for (const [reason, count] of Object.entries(refusals)) {
      lines.add(`${run.policy.name}: ${countText(count)} decisions could not be carried out (${reason})`);
    }
  }
  return [...lines].map((line) => `${pc.dim('note:')} ${line}\n`).join('');
}
