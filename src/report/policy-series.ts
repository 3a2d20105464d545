import type { FaultRecords } from '../metrics/fault-records.js';
import type { SeriesColumn } from '../metrics/files/series-csv.js';
import type { MachineHeat, RunRecord, WaitBar } from '../metrics/run-record.js';
import type { ComparedPolicy } from './compared-policy.js';
import { binsPerStep, mergedBins, mergedRows } from './down-sampling.js';
import type { NamedGroup } from './framework-groups.js';
import { compressed } from './packed-bytes.js';
import { packed } from './packed-series.js';
import {
  type HeatData,
  type PolicySeries,
  type ResourceSeries,
  type RunData,
  type RunFaults,
  WAIT_LIMITS,
  type WaitData,
} from './report-data.js';

/** Values of all series, and cells of all heat maps, of a report: with them, it stays below 2 MB. */
const MOST_VALUES = 260_000;
const MOST_CELLS = 540_000;
/** Cells of the heat maps of single resources, which are those of one seed. */
const MOST_RESOURCE_CELLS = 150_000;

/** A heat map with fewer bins and rows than this is coarser than a page shows. */
const FEWEST_BINS = 128;
const FEWEST_ROWS = 32;
const LEAST_STEPS = 32;
const MOST_STEPS = 512;

const FURTHER =
  /^(offers_per_second|conflicts_per_second|rented_machines|cost_per_hour|fragmentation\..*|down\..*)$/;

/** Per run, so that many failures do not fill the page. */
const MOST_FAULTS = 60;
const MOST_OUTAGES = 400;

/** The data of each run of a policy. `runs` is the number of runs in the report, which share its size. */
export function policyRuns(
  { records }: ComparedPolicy,
  resources: readonly string[],
  groups: readonly NamedGroup[],
  runs: number,
): RunData[] {
  const further = Math.max(0, ...records.map((record) => furtherColumns(record).length));
  const columns = 2 + resources.length * (1 + groups.length) + further;
  const steps = Math.min(MOST_STEPS, Math.max(LEAST_STEPS, Math.floor(MOST_VALUES / runs / columns)));
  return records.map((record) => ({
    seed: record.summary.run.seed,
    series: policySeries(record, resources, groups, steps),
    heat: heatData(record, record.heat, Math.floor(MOST_CELLS / runs)),
    faults: runFaults(record.faults),
  }));
}

function policySeries(
  record: RunRecord,
  resources: readonly string[],
  groups: readonly NamedGroup[],
  most: number,
): PolicySeries {
  const { series, summary } = record;
  const { binSeconds, lastBinSeconds } = series;
  const columns = new Map(series.columns.map(({ name, values }) => [name, values]));
  const bins = series.columns[0]?.values.length ?? 0;
  const merged = binsPerStep(bins, most);
  const column = (name: string) => columns.get(name) ?? new Float64Array(bins);
  const short = (values: Float64Array) => packed(mergedBins({ binSeconds, lastBinSeconds, values }, merged));
  return {
    binSeconds: binSeconds * merged,
    recordedBinSeconds: binSeconds,
    length: summary.run.length,
    pending: short(column('pending')),
    running: short(column('running')),
    resources: resources.map((resource): ResourceSeries => {
      const used = columns.get(`used.${resource}`);
      return {
        allocated: groups.map(({ members }) =>
          short(
            total(
              members.map((name) => column(`allocated.${resource}.${name}`)),
              bins,
            ),
          ),
        ),
        used: used === undefined ? null : short(used),
      };
    }),
    further: Object.fromEntries(furtherColumns(record).map(({ name, values }) => [name, short(values)])),
  };
}

/** Columns of series that have figures of their own. A service that was never down has none. */
function furtherColumns({ series }: RunRecord): readonly SeriesColumn[] {
  return series.columns.filter(
    ({ name, values }) =>
      FURTHER.test(name) && !(name.startsWith('down.') && values.every((value) => value === 0)),
  );
}

function total(columns: readonly Float64Array[], bins: number): Float64Array {
  const sum = new Float64Array(bins);
  for (const column of columns)
    column.forEach((value, bin) => {
      sum[bin] += value;
    });
  return sum;
}

/** The heat map of each resource under each policy, with the first seed that has them; null for a policy without them. */
export function resourceHeats(policies: readonly ComparedPolicy[]): (HeatData[] | null)[] {
  const heats = policies.map(({ records }) => records.find(({ resourceHeat }) => resourceHeat !== undefined));
  const count = heats.reduce((sum, record) => sum + (record?.resourceHeat?.length ?? 0), 0);
  return heats.map((record) =>
    record?.resourceHeat === undefined
      ? null
      : record.resourceHeat.map((heat) => heatData(record, heat, Math.floor(MOST_RESOURCE_CELLS / count))),
  );
}

/** The heat map of a run, one byte per cell: 256 levels are more than the eye can distinguish. */
function heatData({ series, summary }: RunRecord, heat: MachineHeat, mostCells: number): HeatData {
  const recorded = heat.rows[0]?.length ?? 0;
  let perStep = 1;
  let perRow = 1;
  const cells = () => Math.ceil(recorded / perStep) * Math.ceil(heat.rows.length / perRow);
  while (cells() > mostCells) {
    const [bins, rows] = [recorded / perStep, heat.rows.length / perRow];
    // Time is halved first: there are more bins than pixels in a panel.
    if (bins > FEWEST_BINS && (bins > rows || rows <= FEWEST_ROWS)) perStep *= 2;
    else if (rows > FEWEST_ROWS) perRow++;
    else break;
  }
  const { binSeconds } = heat;
  const rows = mergedRows(
    heat.rows.map((values) =>
      mergedBins({ binSeconds, lastBinSeconds: series.lastBinSeconds, values }, perStep),
    ),
    perRow,
  );
  const bins = rows[0]?.length ?? 0;
  const bytes = new Uint8Array(rows.length * bins);
  rows.forEach((row, i) => {
    row.forEach((share, bin) => {
      bytes[i * bins + bin] = Math.round(255 * Math.min(1, Math.max(0, share)));
    });
  });
  return {
    machines: heat.machines,
    machinesPerRow: heat.machinesPerRow * perRow,
    binSeconds: binSeconds * perStep,
    length: summary.run.length,
    rows: rows.length,
    bins,
    cells: compressed(bytes),
  };
}

/** The faults that stopped most tasks, in order of time, and the longest outages. */
function runFaults({ faults, outages, faultsLeftOut, outagesLeftOut }: FaultRecords): RunFaults {
  const size = (fault: FaultRecords['faults'][number]) => (fault.total?.tasks ?? 0) + fault.machines / 1e6;
  const shown = faults.toSorted((a, b) => size(b) - size(a)).slice(0, MOST_FAULTS);
  const longest = outages.toSorted((a, b) => b.to - b.from - (a.to - a.from)).slice(0, MOST_OUTAGES);
  return {
    faults: shown
      .sort((a, b) => a.at - b.at)
      .map(({ named, ...fault }) => ({ ...fault, named: named.slice(0, 3) })),
    outages: longest.map(({ machine, state, from, to }) => [
      machine,
      state === 'off' ? 0 : 1,
      Math.round(from),
      Math.round(to),
    ]),
    leftOut: faults.length - shown.length + faultsLeftOut,
    outagesLeftOut: outages.length - longest.length + outagesLeftOut,
  };
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
