import { toSeconds } from '../model/index.js';
import { type Summary, summarize } from './catalogue/catalogue.js';
import type { EndedRun } from './catalogue/ended-run.js';
import { machinesCsv } from './files/machines-csv.js';
import { type RunSeries, runSeries } from './files/series-csv.js';
import type { LogHistogram } from './kernels/log-histogram.js';
import type { Recorder } from './recorder.js';

/** The data of one run for a report. It is plain data. */
export interface RunRecord {
  readonly summary: Summary;
  readonly series: RunSeries;
  /** Histogram of the waits of tasks in seconds, by framework. */
  readonly waits: Readonly<Record<string, readonly WaitBar[]>>;
  readonly heat: MachineHeat;
  /** The text of `machines.csv`. */
  readonly machinesCsv: string;
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
  const { cluster, frameworks } = recorder;
  return {
    summary: summarize(run),
    series: runSeries(recorder),
    waits: Object.fromEntries(
      frameworks.map((framework, id) => [cluster.frameworks[id].name, waitBars(framework.wait)]),
    ),
    heat: machineHeat(recorder),
    machinesCsv: machinesCsv(recorder),
  };
}

function waitBars(waits: LogHistogram): WaitBar[] {
  return waits.histogram().map(({ value, count }) => ({ seconds: toSeconds(value), tasks: count }));
}

function machineHeat(recorder: Recorder): MachineHeat {
  const { machines, start, end, cluster } = recorder;
  const { machinesPerHeatRow, heat } = machines;
  const count = cluster.machines.count;
  const rows: Float64Array[] = [];
  for (let row = 0; row * machinesPerHeatRow < count; row++) {
    const members = Math.min(machinesPerHeatRow, count - row * machinesPerHeatRow);
    rows.push(heat.means(row, end).map((sum) => sum / members));
  }
  return {
    machines: count,
    machinesPerRow: machinesPerHeatRow,
    start: toSeconds(start),
    binSeconds: toSeconds(heat.binWidth),
    rows,
  };
}
