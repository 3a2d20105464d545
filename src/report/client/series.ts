import { unpacked } from '../packed-series.js';
import type { HeatData, PolicyData, PolicySeries, ReportData, RunFaults } from '../report-data.js';
import { secondsText } from './number-text.js';

/** The series of a run, unpacked. Means over bins of equal width. */
export interface LoadedRun {
  readonly seed: string;
  readonly binSeconds: number;
  readonly length: number;
  readonly pending: Float64Array;
  readonly running: Float64Array;
  /** One per resource. */
  readonly resources: readonly LoadedResource[];
  /** Further columns of `series.csv`, by name. */
  readonly further: ReadonlyMap<string, Float64Array>;
  readonly heat: HeatData;
  readonly faults: RunFaults;
}

interface LoadedResource {
  /** One per framework. */
  readonly allocated: readonly Float64Array[];
  readonly used: Float64Array | undefined;
}

/** A policy with its unpacked runs, one per seed. */
export interface LoadedPolicy {
  readonly name: string;
  /** Its index among the policies, which determines its colour. */
  readonly place: number;
  readonly runs: readonly LoadedRun[];
}

/** Unpacks the series of all runs. */
export function loadPolicies({ policies }: ReportData): LoadedPolicy[] {
  return policies.map(({ name, runs }: PolicyData, place) => ({
    name,
    place,
    runs: runs.map(({ seed, series, heat, faults }) => ({ seed, ...loaded(series), heat, faults })),
  }));
}

function loaded({ binSeconds, length, pending, running, resources, further }: PolicySeries) {
  return {
    binSeconds,
    length,
    pending: unpacked(pending),
    running: unpacked(running),
    resources: resources.map(({ allocated, used }) => ({
      allocated: allocated.map(unpacked),
      used: used === null ? undefined : unpacked(used),
    })),
    further: new Map(Object.entries(further).map(([name, series]) => [name, unpacked(series)])),
  };
}

/** A step of a series over seeds, from `time` to the next step. */
export interface Step {
  readonly time: number;
  readonly mean: number;
  /** The lowest and the highest seed. */
  readonly low: number;
  readonly high: number;
}

/** A series of a run; undefined if the run does not have it. */
export type Read = (run: LoadedRun) => ArrayLike<number> | undefined;

/**
 * The mean, the lowest and the highest of a series over runs. Widths of bins are powers of two of a second, so the bins of all runs are
 * merged to the widest. A run that has ended does not count. The last step ends with the longest run.
 */
export function stepsOf(runs: readonly LoadedRun[], read: Read): Step[] {
  const known = runs.flatMap((run) => {
    const values = read(run);
    return values === undefined || values.length === 0 ? [] : [{ ...run, values }];
  });
  if (known.length === 0) return [];
  const width = Math.max(...known.map(({ binSeconds }) => binSeconds));
  const length = Math.max(...known.map((run) => run.length));
  const steps = Array.from({ length: Math.ceil(length / width) }, (_, step): Step => {
    const values = known.flatMap((run) => {
      const value = meanWithin(run.values, step * (width / run.binSeconds), width / run.binSeconds);
      return value === undefined ? [] : [value];
    });
    const sum = values.reduce((total, value) => total + value, 0);
    return {
      time: step * width,
      mean: sum / values.length,
      low: Math.min(...values),
      high: Math.max(...values),
    };
  });
  return steps.length === 0 ? [] : [...steps, { ...steps[steps.length - 1], time: length }];
}

function meanWithin(values: ArrayLike<number>, first: number, count: number): number | undefined {
  const last = Math.min(values.length, first + count);
  if (first >= last) return undefined;
  let sum = 0;
  for (let bin = first; bin < last; bin++) sum += values[bin];
  return sum / (last - first);
}

/** The step at a time. */
export function stepAt(steps: readonly Step[], time: number): Step | undefined {
  if (steps.length < 2) return steps[0];
  const width = steps[1].time - steps[0].time;
  return steps[Math.min(steps.length - 2, Math.max(0, Math.floor(time / width)))];
}

/** A sentence with the length of a step, and how it was made. */
export function stepText({ policies }: ReportData): string {
  const all = policies.flatMap(({ runs }) => runs.map(({ series }) => series));
  const texts = (seconds: readonly number[]) => [...new Set(seconds)].map(secondsText).join(' or ');
  const shown = texts(all.map(({ binSeconds }) => binSeconds));
  const recorded = texts(all.map(({ recordedBinSeconds }) => recordedBinSeconds));
  if (shown === recorded) return `Each step is a mean over ${shown}.`;
  return `Each step is a mean over ${shown}: down-sampled from the means over ${recorded} that the runs recorded.`;
}
