import { toSeconds } from '../../model/index.js';
import { PENDING, RUNNING } from '../collectors/queue-metrics.js';
import type { BinnedAmounts } from '../kernels/time-bins.js';
import type { Recorder } from '../recorder.js';
import { csvLine, sixDigits } from './csv.js';
import { numberColumn, RUN_KEY_COLUMNS, type RunKey, type TableColumn } from './run-table.js';

/** A quantity over time: its mean in each bin. */
export interface SeriesColumn {
  readonly name: string;
  readonly values: Float64Array;
}

/** The series of an ended run: bins of equal width (the last may be shorter), in seconds on the trace's clock. */
export interface RunSeries {
  readonly start: number;
  readonly binSeconds: number;
  /** Length of the last bin. */
  readonly lastBinSeconds: number;
  readonly columns: readonly SeriesColumn[];
}

/**
 * Queue length, running tasks, and the allocated share of the mean capacity by resource, in total and for each framework. Where the usage of
 * all tasks is known, also the used share. Then the number of machines that were in service and ran, and the capacity that existed, in the
 * unit of each resource: own machines in any state, and rented machines from order to return. Then what only some runs have.
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
  columns.push({ name: 'machines_up', values: recorder.machines.up.means(end) });
  cluster.space.kinds.forEach(({ name, quantaPerUnit }, d) => {
    const values = recorder.allocation.existing.means(d, end).map((quanta) => quanta / quantaPerUnit);
    columns.push({ name: `capacity.${name}`, values });
  });
  columns.push(...furtherColumns(recorder));
  return {
    start: toSeconds(start),
    binSeconds: toSeconds(bins.binWidth),
    lastBinSeconds: count === 0 ? 0 : toSeconds(bins.lengthOf(count - 1, end)),
    columns,
  };
}

/** Offers, conflicts, fragmentation, rented machines, cost and the health of services, of the runs that have them. */
function furtherColumns({
  offers,
  schedulers,
  fragmentation,
  capacity,
  cost,
  health,
  cluster,
  end,
}: Recorder): SeriesColumn[] {
  const columns: SeriesColumn[] = [];
  const add = (name: string, values: Float64Array | undefined) => {
    if (values !== undefined) columns.push({ name, values });
  };
  if (offers.counts.made > 0) add('offers_per_second', offers.series.rates(end));
  if (schedulers.conflicts > 0) add('conflicts_per_second', schedulers.series.rates(end));
  cluster.space.names.forEach((resource, d) => {
    if (fragmentation.mean(d) !== null) add(`fragmentation.${resource}`, fragmentation.means(d, end));
  });
  add('rented_machines', capacity.rentedMachines(end));
  add('cost_per_hour', cost?.perHour(end));
  health.forEach((service, framework) => {
    if (service?.hasStarted !== true) return;
    const { name } = cluster.frameworks[framework];
    add(`degraded.${name}`, service.series('degraded', end));
    add(`down.${name}`, service.series('down', end));
  });
  return columns;
}

/** The columns of `series.csv`. */
export function seriesColumns({ columns }: RunSeries): readonly TableColumn[] {
  return [
    numberColumn('time'),
    ...columns.map(({ name }) => numberColumn(name)),
    numberColumn('seconds'),
    ...RUN_KEY_COLUMNS,
  ];
}

/** The start and the length of each bin, in seconds. */
export function binTimes({ start, binSeconds, lastBinSeconds, columns }: RunSeries): {
  readonly time: number;
  readonly seconds: number;
}[] {
  const bins = columns[0]?.values.length ?? 0;
  return Array.from({ length: bins }, (_, bin) => ({
    time: start + bin * binSeconds,
    seconds: bin === bins - 1 ? lastBinSeconds : binSeconds,
  }));
}

/**
 * `series.csv`: a line per bin with the means in it; `time` is the start of the bin, `seconds` its length. A mean over the run is the mean
 * over the bins, weighted by `seconds`.
 */
export function seriesCsv(series: RunSeries, { policy, seed }: RunKey): string {
  const lines = [csvLine(seriesColumns(series).map(({ name }) => name))];
  for (const [bin, { time, seconds }] of binTimes(series).entries()) {
    const values = series.columns.map((column) => sixDigits(column.values[bin]));
    lines.push(csvLine([time, ...values, seconds, policy, seed]));
  }
  return lines.join('');
}

function sum(columns: readonly Float64Array[], bins: number): Float64Array {
  const total = new Float64Array(bins);
  for (const column of columns) for (let bin = 0; bin < column.length; bin++) total[bin] += column[bin];
  return total;
}
