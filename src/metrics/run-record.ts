import { toSeconds, type WaitHistories } from '../model/index.js';
import { type Summary, summarize } from './catalogue/catalogue.js';
import type { EndedRun } from './catalogue/ended-run.js';
import type { Distributions } from './distributions.js';
import { type FaultRecords, faultRecords } from './fault-records.js';
import { type CsvTable, machinesCsv } from './files/machines-csv.js';
import type { RunKey } from './files/run-table.js';
import { type RunSeries, runSeries } from './files/series-csv.js';
import type { LogHistogram } from './kernels/log-histogram.js';
import type { Recorder } from './recorder.js';
import type { Schedule } from './schedule.js';

/** The data of one run for a report. It is plain data. */
export interface RunRecord {
  readonly summary: Summary;
  readonly series: RunSeries;
  /** Histogram of the waits of tasks in seconds, by framework, without those of the warm-up. */
  readonly waits: Readonly<Record<string, readonly WaitBar[]>>;
  readonly heat: MachineHeat;
  /** What failed, when it was detected, and when the work that stopped ran again. */
  readonly faults: FaultRecords;
  /** `machines.csv`. */
  readonly machines: CsvTable;
  /** Why jobs waited; left out unless it was asked for. */
  readonly explanations?: WaitHistories;
  /** Distributions of jobs by framework, size and user, and who ran where and when; only of a run that was asked for them. */
  readonly distributions?: Distributions;
  readonly schedule?: Schedule;
  /** As `heat`, for each resource alone; only of a run that was asked for its schedule. */
  readonly resourceHeat?: readonly MachineHeat[];
}

export interface WaitBar {
  readonly seconds: number;
  readonly tasks: number;
}

/** Dominant share allocated, per machine (or group of neighbouring ranks) and bin of time. */
export interface MachineHeat {
  readonly machines: number;
  readonly machinesPerRow: number;
  readonly start: number;
  readonly binSeconds: number;
  /** `rows[row][bin]`, 0 to 1. */
  readonly rows: readonly Float64Array[];
}

/** The record of an ended run. */
export function runRecord(run: EndedRun): RunRecord {
  const { recorder } = run;
  const { cluster, frameworks } = (run.afterWarmUp ?? run).recorder;
  const summary = summarize(run);
  return {
    summary,
    series: runSeries(recorder),
    waits: Object.fromEntries(
      frameworks.map((framework, id) => [cluster.frameworks[id].name, waitBars(framework.wait)]),
    ),
    heat: machineHeat(recorder),
    faults: faultRecords(recorder),
    machines: machinesCsv(recorder, runKey(summary)),
  };
}

/** What identifies the run of a summary in tables. */
export function runKey({ run }: Summary): RunKey {
  return { policy: run.policy.name, seed: run.seed };
}

function waitBars(waits: LogHistogram): WaitBar[] {
  return waits.histogram().map(({ value, count }) => ({ seconds: toSeconds(value), tasks: count }));
}

/** The largest mean share of a resource in each bin, by row: of the mean capacity of its machines. */
function machineHeat(recorder: Recorder): MachineHeat {
  return heatOf(
    recorder,
    recorder.cluster.space.kinds.map((_, dimension) => dimension),
  );
}

/** The allocated share of each resource, in the order of the dimensions. */
export function resourceHeats(recorder: Recorder): MachineHeat[] {
  return recorder.cluster.space.kinds.map((_, dimension) => heatOf(recorder, [dimension]));
}

/** The largest of these dimensions. */
function heatOf(recorder: Recorder, dimensions: readonly number[]): MachineHeat {
  const { machines, bins, start, end, cluster } = recorder;
  const { machinesPerHeatRow, heat } = machines;
  const { count } = cluster.machines;
  const dims = cluster.space.size;
  const rows: Float64Array[] = [];
  for (let row = 0; row * machinesPerHeatRow < count; row++) {
    const first = row * machinesPerHeatRow;
    const last = Math.min(count, first + machinesPerHeatRow);
    const shares = new Float64Array(bins.binsUntil(end));
    for (const d of dimensions) {
      let capacity = 0;
      for (let machine = first; machine < last; machine++) capacity += machines.capacityOf(machine, d);
      if (capacity === 0) continue;
      heat.means(row * dims + d, end).forEach((amount, bin) => {
        shares[bin] = Math.max(shares[bin], amount / capacity);
      });
    }
    rows.push(shares);
  }
  return {
    machines: count,
    machinesPerRow: machinesPerHeatRow,
    start: toSeconds(start),
    binSeconds: toSeconds(bins.binWidth),
    rows,
  };
}
