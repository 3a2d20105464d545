import type { RunRecord } from '../metrics/run-record.js';
import type { HeatData } from './report-data.js';

/** The heat map of a run, a byte per cell: more levels than an eye can tell apart. */
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
