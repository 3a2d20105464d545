import * as Plot from '@observablehq/plot';
import { interpolateGnBu, range, ticks } from 'd3';
import type { HeatData, ReportData } from '../report-data.js';
import { type Figure, figure } from './figure.js';
import { labelled, plotOptions, timeScale } from './plot-options.js';

const HEIGHT = 240;
const AXES = 62;
const HIGHEST_ROW = 26;
/** Up to this number, each machine has a label in the middle of its row. */
const MOST_LABELS = 8;
const FULL = 255;

/** The lightest colour is nearly white, so idle machines look empty. */
const color = interpolateGnBu;

const RAMP = Array.from({ length: 60 }, (_, i) => color(i / 59));

/** The allocation of each machine over time; one panel per policy, with the same colour scale. */
export function heatFigure({ policies }: ReportData): Figure {
  const length = Math.max(...policies.map(({ heat }) => heat.length));
  return figure({
    name: 'machines',
    label: 'dominant share allocated on each machine over time, by policy',
    caption: `Dominant share allocated on each machine: the largest allocated share of any of its resources. Machines are sorted by rank${groupText(policies.map(({ heat }) => heat))}.`,
    legend: () => [{ label: 'idle (0 %) to full (100 %)', ramp: RAMP }],
    panels: policies.map(({ name, heat }) => ({
      title: name,
      draw: (width) => heatPlot(name, heat, length, width),
    })),
    panelWidth: 205,
  });
}

function groupText(heats: readonly HeatData[]): string {
  const most = Math.max(...heats.map(({ machinesPerRow }) => machinesPerRow));
  return most === 1 ? '' : `; each line is the mean of ${most} neighbouring machines`;
}

function heatPlot(name: string, heat: HeatData, length: number, width: number): Element {
  const { machines, machinesPerRow, rows, bins, binSeconds } = heat;
  const levels = Uint8Array.from(atob(heat.cells), (character) => character.charCodeAt(0));
  return Plot.plot({
    ...plotOptions(`${name}: machines over time`, width, Math.min(HEIGHT, AXES + rows * HIGHEST_ROW)),
    x: timeScale(length, width),
    y: {
      domain: [machines, 0],
      ticks: rankTicks(machines),
      tickFormat: (rank: number) => `${Math.floor(rank)}`,
      ...labelled('machine rank'),
    },
    color: { type: 'identity' },
    marks: [
      Plot.raster(levels, {
        width: bins,
        height: rows,
        x1: 0,
        y1: 0,
        x2: bins * binSeconds,
        y2: rows * machinesPerRow,
        fill: (level: number) => color(level / FULL),
        imageRendering: 'pixelated',
        clip: true,
      }),
      Plot.frame({ stroke: '#999' }),
    ],
  });
}

function rankTicks(machines: number): number[] {
  if (machines > MOST_LABELS) return ticks(0, machines, 5).filter(Number.isInteger);
  return range(machines).map((rank) => rank + 0.5);
}
