import { group } from 'd3';
import { decompressed } from '../packed-bytes.js';
import type { HeatData } from '../report-data.js';
import type { LoadedSchedule } from './loaded-schedule.js';

/** The order of the rows of a heat map. `racks`: a row is a rack. */
export type HeatOrder = 'rank' | 'name' | 'rack' | 'load' | 'racks';

/** A row that is drawn: one or more rows of the data. */
export interface HeatRow {
  /** Rows of the data. */
  readonly members: readonly number[];
  /** Ranks of its machines. */
  readonly machines: readonly number[];
  readonly label: string;
  /** The rack, or the first machine. */
  readonly short: string;
}

/** The rows of a heat map, and where each machine is in them. */
export interface HeatRows {
  readonly rows: readonly HeatRow[];
  /** By rank: the upper edge, in rows from the top. */
  readonly tops: Float64Array;
  /** By rank: the height in rows. */
  readonly heights: Float64Array;
}

/** The rows of a heat map in an order. Orders by name and rack need the names of the schedule. */
export function heatRows(heat: HeatData, order: HeatOrder, schedule: LoadedSchedule | undefined): HeatRows {
  const { machines, machinesPerRow } = heat;
  const name = (rank: number) => schedule?.machines[rank] ?? `machine ${rank}`;
  const rack = (rank: number) => schedule?.racks[rank] ?? '';
  const base = Array.from({ length: heat.rows }, (_, row): HeatRow => {
    const first = row * machinesPerRow;
    const ranks = Array.from({ length: Math.min(machinesPerRow, machines - first) }, (_, i) => first + i);
    const last = ranks[ranks.length - 1];
    return {
      members: [row],
      machines: ranks,
      short: name(first),
      label: ranks.length === 1 ? name(first) : `${name(first)} to ${name(last)}`,
    };
  });
  return placed(ordered(base, heat, order, name, rack), machines);
}

function ordered(
  base: readonly HeatRow[],
  heat: HeatData,
  order: HeatOrder,
  name: (rank: number) => string,
  rack: (rank: number) => string,
): HeatRow[] {
  const byText = (text: (rank: number) => string) =>
    base.toSorted(
      (a, b) => COLLATOR.compare(text(a.machines[0]), text(b.machines[0])) || a.machines[0] - b.machines[0],
    );
  switch (order) {
    case 'rank':
      return [...base];
    case 'name':
      return byText(name);
    case 'rack':
      return byText(rack);
    case 'load': {
      const levels = decompressed(heat.cells);
      const load = (row: number) =>
        levels.subarray(row * heat.bins, (row + 1) * heat.bins).reduce((sum, level) => sum + level, 0);
      const loads = base.map((_, row) => load(row));
      return base.toSorted((a, b) => loads[b.members[0]] - loads[a.members[0]]);
    }
    case 'racks': {
      const racks = group(byText(rack), ({ machines }) => rack(machines[0]));
      return [...racks].map(([label, rows]) => ({
        members: rows.flatMap(({ members }) => members),
        machines: rows.flatMap(({ machines }) => machines),
        label: label === '' ? 'no rack' : label,
        short: label === '' ? 'no rack' : label,
      }));
    }
  }
}

/** rack-2 comes before rack-10. */
const COLLATOR = new Intl.Collator('en', { numeric: true });

function placed(rows: readonly HeatRow[], machines: number): HeatRows {
  const tops = new Float64Array(machines);
  const heights = new Float64Array(machines);
  for (const [place, row] of rows.entries())
    for (const [i, rank] of row.machines.entries()) {
      tops[rank] = place + i / row.machines.length;
      heights[rank] = 1 / row.machines.length;
    }
  return { rows, tops, heights };
}
