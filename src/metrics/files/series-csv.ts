import { toSeconds } from '../../model/index.js';
import { PENDING, RUNNING } from '../collectors/queue-metrics.js';
import type { BinnedAmounts } from '../kernels/time-bins.js';
import type { Recorder } from '../recorder.js';
import { csvLine } from './csv.js';

/** A quantity over time: its mean in each bin. */
export interface SeriesColumn {
  readonly name: string;
  readonly values: Float64Array;
}

/** The series of an ended run: bins of equal width (the last may be shorter), in seconds on the trace's clock. */
export interface RunSeries {
  readonly start: number;
  readonly binSeconds: number;
  readonly columns: readonly SeriesColumn[];
}

/**
 * Queue length, running tasks, and the allocated share of the mean capacity by resource, in total and for each framework. Where the usage of
 * all tasks is known, also the used share.
 */
export function runSeries(recorder: Recorder): RunSeries {
  const { queue, bins, start, end, cluster, frameworks } = recorder;
  const columns: SeriesColumn[] = [
    { name: 'pending', values: queue.series.means(PENDING, end) },
    { name: 'running', values: queue.series.means(RUNNING, end) },
  ];
  const count = bins.binsUntil(end);
  cluster.space.names.forEach((resource, d) => {
    const capacity = recorder.capacity.mean(d);
    const shares = (amounts: BinnedAmounts | undefined) =>
      (amounts?.means(d, end) ?? new Float64Array(count)).map((amount) =>
        capacity > 0 ? amount / capacity : 0,
      );
    const parts = frameworks.map((framework, id) => ({
      name: cluster.frameworks[id].name,
      allocated: shares(framework.allocated),
      used: framework.isUsageKnown(d) ? shares(framework.used) : undefined,
    }));
    columns.push({
      name: `allocated.${resource}`,
      values: sum(
        parts.map((part) => part.allocated),
        count,
      ),
    });
    if (recorder.usage.isKnown(d)) {
      const used = parts.map((part) => part.used ?? new Float64Array(0));
      columns.push({ name: `used.${resource}`, values: sum(used, count) });
    }
    for (const part of parts) {
      columns.push({ name: `allocated.${resource}.${part.name}`, values: part.allocated });
      if (part.used !== undefined) columns.push({ name: `used.${resource}.${part.name}`, values: part.used });
    }
  });
  return { start: toSeconds(start), binSeconds: toSeconds(bins.binWidth), columns };
}

/** `series.csv`: a line per bin; `time` is the start of the bin in seconds. */
export function seriesCsv(series: RunSeries): string {
  const lines = [csvLine(['time', ...series.columns.map((column) => column.name)])];
  const bins = series.columns[0]?.values.length ?? 0;
  for (let bin = 0; bin < bins; bin++) {
    const time = series.start + bin * series.binSeconds;
    lines.push(csvLine([time, ...series.columns.map((column) => rounded(column.values[bin]))]));
  }
  return lines.join('');
}

/** Six significant digits are enough, because the series is for plots. */
function rounded(value: number): number {
  return Number(value.toPrecision(6));
}

function sum(columns: readonly Float64Array[], bins: number): Float64Array {
  const total = new Float64Array(bins);
  for (const column of columns) for (let bin = 0; bin < column.length; bin++) total[bin] += column[bin];
  return total;
}
