import type { RunRecord, WaitBar } from '../metrics/run-record.js';
import type { ComparedPolicy } from './compared-policy.js';
import type { NamedGroup } from './framework-groups.js';
import {
  type HeatData,
  type PolicySeries,
  type ResourceSeries,
  WAIT_LIMITS,
  type WaitData,
} from './report-data.js';

/** The series of a run for the charts, rounded to the digits that a chart can show. */
export function policySeries(
  { series, summary }: RunRecord,
  resources: readonly string[],
  groups: readonly NamedGroup[],
): PolicySeries {
  const columns = new Map(series.columns.map(({ name, values }) => [name, values]));
  const bins = series.columns[0]?.values.length ?? 0;
  const column = (name: string) => columns.get(name) ?? new Float64Array(bins);
  return {
    binSeconds: series.binSeconds,
    length: summary.run.length,
    pending: rounded(column('pending')),
    running: rounded(column('running')),
    resources: resources.map((resource): ResourceSeries => {
      const used = columns.get(`used.${resource}`);
      return {
        allocated: groups.map(({ members }) =>
          rounded(
            total(
              members.map((name) => column(`allocated.${resource}.${name}`)),
              bins,
            ),
          ),
        ),
        used: used === undefined ? null : rounded(used),
      };
    }),
  };
}

function total(columns: readonly Float64Array[], bins: number): Float64Array {
  const sum = new Float64Array(bins);
  for (const column of columns)
    column.forEach((value, bin) => {
      sum[bin] += value;
    });
  return sum;
}

function rounded(values: Float64Array): number[] {
  return Array.from(values, (value) => Number(value.toPrecision(4)));
}

/** The heat map of a run, one byte per cell: 256 levels are more than the eye can distinguish. */
export function heatData({ heat, summary }: RunRecord): HeatData {
  const bins = heat.rows[0]?.length ?? 0;
  return {
    machines: heat.machines,
    machinesPerRow: heat.machinesPerRow,
    binSeconds: heat.binSeconds,
    length: summary.run.length,
    rows: heat.rows.length,
    bins,
    cells: btoa(heat.rows.map(levels).join('')),
  };
}

function levels(row: Float64Array): string {
  return String.fromCharCode(
    ...Array.from(row, (share) => Math.round(255 * Math.min(1, Math.max(0, share)))),
  );
}

/** The waits of a policy's tasks over all seeds, one entry per group of frameworks. */
export function policyWaits({ records }: ComparedPolicy, groups: readonly NamedGroup[]): WaitData[] {
  return groups.map(({ members }) => {
    const bars = records.flatMap(({ waits }) =>
      members.flatMap((name) => (Object.hasOwn(waits, name) ? waits[name] : [])),
    );
    return waitData(bars);
  });
}

function waitData(bars: readonly WaitBar[]): WaitData {
  const tasksWhere = (holds: (seconds: number) => boolean) =>
    bars.reduce((sum, { seconds, tasks }) => sum + (holds(seconds) ? tasks : 0), 0);
  const merged = new Map<number, number>();
  for (const { seconds, tasks } of bars) {
    if (seconds === 0) continue;
    const about = Number(seconds.toPrecision(2));
    merged.set(about, (merged.get(about) ?? 0) + tasks);
  }
  const steps = [...merged].sort(([a], [b]) => a - b);
  return {
    tasks: tasksWhere(() => true),
    zero: tasksWhere((seconds) => seconds === 0),
    longer: WAIT_LIMITS.map((limit) => tasksWhere((seconds) => seconds > limit)),
    seconds: steps.map(([seconds]) => seconds),
    counts: steps.map(([, tasks]) => tasks),
  };
}
