import type { Summary } from '../metrics/summary/summary-schema.js';
import { type MeanInterval, meanInterval } from './interval.js';
import { type Metric, metricsOf, metricValue } from './metric.js';
import { type Variant, variantsOf } from './variants.js';

/** Runs side by side: a column per policy (each over its seeds), a row per metric. */
export interface Comparison {
  readonly columns: readonly Variant[];
  readonly rows: readonly ComparedMetric[];
}

/** A row: one metric under every policy. */
export interface ComparedMetric {
  readonly metric: Metric;
  /** One value per column; undefined if a run does not have it. */
  readonly values: readonly (MeanInterval | undefined)[];
}

/** Groups runs by policy and settings, in order of appearance, and computes the mean of each metric over the seeds. */
export function compareRuns(summaries: readonly Summary[]): Comparison {
  const columns = variantsOf(summaries);
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
