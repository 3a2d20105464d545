import type { Summary } from '../metrics/summary-schema.js';
import { type MeanInterval, meanInterval } from './interval.js';
import { type Metric, metricsOf, metricValue } from './metric.js';

/** Runs side by side: a column per policy (each over its seeds), a row per metric. */
export interface Comparison {
  readonly columns: readonly ComparedPolicy[];
  readonly rows: readonly ComparedMetric[];
}

/** A column: one policy, and its runs over the seeds. */
export interface ComparedPolicy {
  readonly name: string;
  readonly summaries: readonly Summary[];
}

/** A row: one metric under every policy. */
export interface ComparedMetric {
  readonly metric: Metric;
  /** One per column; undefined where a run has no such value. */
  readonly values: readonly (MeanInterval | undefined)[];
}

/** Groups runs by policy, in the order in which the policies come, and takes each metric's mean over seeds. */
export function compareRuns(summaries: readonly Summary[]): Comparison {
  const names = [...new Set(summaries.map((summary) => summary.run.policy.name))];
  const columns = names.map((name) => ({
    name,
    summaries: summaries.filter((summary) => summary.run.policy.name === name),
  }));
  const metrics = new Map(summaries.flatMap(metricsOf).map((metric) => [metric.key, metric]));
  const rows = [...metrics.values()].map((metric) => ({
    metric,
    values: columns.map((column) => meanOf(column.summaries, metric)),
  }));
  return { columns, rows };
}

function meanOf(summaries: readonly Summary[], metric: Metric): MeanInterval | undefined {
  const values = summaries
    .map((summary) => metricValue(summary, metric.key))
    .filter((value) => value !== undefined);
  return values.length === 0 ? undefined : meanInterval(values);
}
