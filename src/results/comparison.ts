import type { Summary } from '../metrics/catalogue/catalogue.js';
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

/** A metric that is computed from others. */
export interface DerivedMetric {
  readonly metric: Metric;
  /** Undefined if a metric that it reads has no value, or if the result is no finite number. */
  compute(summary: Summary): number | undefined;
}

/** Groups runs by policy and settings, in order of appearance, and computes the mean of each metric over the seeds. Derived metrics are last. */
export function compareRuns(
  summaries: readonly Summary[],
  derived: readonly DerivedMetric[] = [],
): Comparison {
  const columns = variantsOf(summaries);
  const metrics = new Map(summaries.flatMap(metricsOf).map((metric) => [metric.key, metric]));
  const rows = [...metrics.values()].map((metric) => ({
    metric,
    values: columns.map(({ summaries: runs }) => meanOf(runs, (summary) => metricValue(summary, metric.key))),
  }));
  const derivedRows = derived.map(({ metric, compute }) => ({
    metric,
    values: columns.map((column) => meanOf(column.summaries, compute)),
  }));
  return { columns, rows: [...rows, ...derivedRows] };
}

/** Whether a row is shown in the short table. */
export function isShort({ metric: { table }, values }: ComparedMetric): boolean {
  if (table === undefined || table === 'short') return true;
  return table === 'short-if-any' && values.some((value) => (value?.mean ?? 0) !== 0);
}

function meanOf(summaries: readonly Summary[], compute: DerivedMetric['compute']): MeanInterval | undefined {
  const values = summaries.map(compute).filter((value) => value !== undefined);
  return values.length === 0 ? undefined : meanInterval(values);
}
