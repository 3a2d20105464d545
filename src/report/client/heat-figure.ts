import * as Plot from '@observablehq/plot';
import { range, ticks } from 'd3';
import { decompressed } from '../packed-bytes.js';
import type { HeatData } from '../report-data.js';
import { element } from './element.js';
import { type Figure, figure } from './figure.js';
import { percentText, secondsText } from './number-text.js';
import { drawn as drawnPlot, labelled, plotOptions, timeScale } from './plot-options.js';
import type { LoadedRun } from './series.js';
import { type Drawn, panelSeedText, runPanels, sentences } from './time-figures.js';
import { timePanel } from './time-panel.js';

const HEIGHT = 280;
const AXES = 62;
const HIGHEST_ROW = 26;
/** Up to this number, each machine has a label in the middle of its row. */
const MOST_LABELS = 8;
const FULL = 255;
const HATCH_PIXELS = 5;

/** The allocation of each machine over time; one panel per policy, with the same colour scale. A click on a machine shows its tasks. */
export function heatFigure(drawn: Drawn, showMachine?: (machine: number) => void): Figure {
  const { policies } = drawn;
  const shown = () => runPanels(drawn);
  const hasOutages = policies.some(({ runs }) => runs.some(({ faults }) => faults.outages.length > 0));
  return figure({
    name: 'machines',
    title: 'Machines: allocated share and failures over time',
    caption: () => {
      const heats = shown().map(({ run }) => run.heat);
      return sentences(
        'Dominant share allocated on each machine: the largest allocated share of any of its resources.',
        `Machines are sorted by rank${groupText(heats)}.`,
        `Each step is a mean over ${[...new Set(heats.map(({ binSeconds }) => secondsText(binSeconds)))].join(' or ')}.`,
        ...(showMachine === undefined ? [] : ['Click on a machine to show its tasks in the Gantt chart.']),
        panelSeedText(drawn),
        ...(hasOutages ? ['Red hatching: the machine is off, or cannot be reached.'] : []),
        ...shown()
          .filter(({ run }) => run.faults.outagesLeftOut > 0)
          .map(
            ({ policy, run }) => `${policy.name}: ${run.faults.outagesLeftOut} short outages are not drawn.`,
          ),
      );
    },
    legend: () => [
      { label: 'idle (0 %) to full (100 %)', ramp: range(24).map((i) => `rgb(${colorOf(i / 23).join()})`) },
      ...(hasOutages ? [{ label: 'machine down', hatch: true } as const] : []),
    ],
    panels: () =>
      shown().map(({ policy, run, title }) => ({
        title,
        draw: (width) => heatPanel(policy.name, run, drawn, width, showMachine),
      })),
    panelWidth: 300,
    rows: () => [
      ['policy', 'seed', 'first_machine', 'time_seconds', 'allocated_share'],
      ...shown().flatMap(({ policy, run: { seed, heat } }) =>
        Array.from(decompressed(heat.cells), (level, i) => [
          policy.name,
          seed,
          Math.floor(i / heat.bins) * heat.machinesPerRow,
          (i % heat.bins) * heat.binSeconds,
          level / FULL,
        ]),
      ),
    ],
  });
}

function groupText(heats: readonly HeatData[]): string {
  const most = Math.max(...heats.map(({ machinesPerRow }) => machinesPerRow));
  return most === 1 ? '' : `; each line is the mean of ${most} neighbouring machines`;
}

function heatPanel(
  name: string,
  run: LoadedRun,
  { view }: Drawn,
  width: number,
  showMachine?: (machine: number) => void,
): HTMLElement {
  const { heat, faults } = run;
  const { machines, machinesPerRow, rows, bins, binSeconds } = heat;
  const levels = decompressed(heat.cells);
  const height = Math.min(HEIGHT, AXES + rows * HIGHEST_ROW);
  const chart = drawnPlot({
    ...plotOptions(`${name}: allocated share of each machine over time`, width, height),
    x: timeScale(view, width),
    y: {
      domain: [machines, 0],
      ticks: rankTicks(machines),
      tickFormat: (rank: number) => `${Math.floor(rank)}`,
      ...labelled('machine rank'),
    },
    marks: [Plot.frame({ stroke: 'currentColor', strokeOpacity: 0.4 })],
  });
  const { left, right, top, bottom } = chart;
  const canvas = element('canvas', { class: 'heat', 'aria-hidden': 'true' });
  const ratio = Math.min(2, devicePixelRatio || 1);
  canvas.width = Math.round((right - left) * ratio);
  canvas.height = Math.round((bottom - top) * ratio);
  Object.assign(canvas.style, {
    left: `${left}px`,
    top: `${top}px`,
    width: `${right - left}px`,
    height: `${bottom - top}px`,
  });
  const context = canvas.getContext('2d');
  if (context !== null) {
    const xOf = (time: number) => ((time - view.from) / (view.to - view.from)) * canvas.width;
    const yOf = (machine: number) => (machine / machines) * canvas.height;
    const cells = cellImage(levels, bins, rows);
    context.imageSmoothingEnabled = false;
    // The last bin and the last row may be shorter than the others, which the clip of the canvas cuts off.
    context.drawImage(cells, xOf(0), 0, xOf(bins * binSeconds) - xOf(0), yOf(rows * machinesPerRow));
    hatch(
      context,
      faults.outages.map(([machine, , from, to]) => [xOf(from), yOf(machine), xOf(to), yOf(machine + 1)]),
    );
  }

  let pointed: number | undefined;
  const machineText = (time: number) => {
    if (pointed === undefined) return 'point at a machine';
    const level = levels[Math.floor(pointed / machinesPerRow) * bins + Math.floor(time / binSeconds)];
    const down = faults.outages.find(
      ([machine, , from, to]) => machine === pointed && from <= time && time < to,
    );
    const last = Math.min(machines, (Math.floor(pointed / machinesPerRow) + 1) * machinesPerRow) - 1;
    const group =
      machinesPerRow === 1
        ? ''
        : ` (mean of ${Math.floor(pointed / machinesPerRow) * machinesPerRow} to ${last})`;
    const share =
      level === undefined ? '' : ` ${percentText(Number((level / FULL).toFixed(2)))} allocated${group}`;
    const state = down === undefined ? '' : down[1] === 0 ? ', off' : ', cannot be reached';
    return `machine ${pointed}:${share}${state}`;
  };
  chart.svg.addEventListener(
    'pointermove',
    (event) => {
      const box = chart.svg.getBoundingClientRect();
      const y = ((event.clientY - box.top) / box.height) * height;
      const rank = Math.floor(((y - top) / (bottom - top)) * machines);
      pointed = rank >= 0 && rank < machines ? rank : undefined;
    },
    { capture: true },
  );
  chart.svg.addEventListener('pointerleave', () => {
    pointed = undefined;
  });
  const panel = timePanel(view, {
    chart,
    reading: machineText,
    clicked: () => {
      if (pointed !== undefined) showMachine?.(pointed);
    },
  });
  panel.prepend(canvas);
  return panel;
}

function rankTicks(machines: number): number[] {
  if (machines > MOST_LABELS) return ticks(0, machines, 5).filter(Number.isInteger);
  return range(machines).map((rank) => rank + 0.5);
}

/** From the background to the ink of the page. */
function colorOf(share: number): [number, number, number] {
  const page = getComputedStyle(document.documentElement);
  const [from, to] = ['--heat-idle', '--heat-full'].map((name) => channels(page.getPropertyValue(name)));
  return [0, 1, 2].map((i) => Math.round(from[i] + (to[i] - from[i]) * share)) as [number, number, number];
}

/** `#rrggbb` */
function channels(color: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(color.trim().slice(at, at + 2), 16));
}

function cellImage(levels: Uint8Array, bins: number, rows: number): HTMLCanvasElement {
  const canvas = element('canvas');
  canvas.width = Math.max(1, bins);
  canvas.height = Math.max(1, rows);
  const context = canvas.getContext('2d');
  if (context === null || levels.length === 0) return canvas;
  const colors = range(FULL + 1).map((level) => colorOf(level / FULL));
  const image = context.createImageData(bins, rows);
  levels.forEach((level, i) => {
    const [red, green, blue] = colors[level];
    image.data.set([red, green, blue, 255], 4 * i);
  });
  context.putImageData(image, 0, 0);
  return canvas;
}

/** Diagonal lines over rectangles, each at least a pixel high. */
function hatch(
  context: CanvasRenderingContext2D,
  boxes: readonly (readonly [left: number, top: number, right: number, bottom: number])[],
): void {
  if (boxes.length === 0) return;
  const { width, height } = context.canvas;
  const page = getComputedStyle(document.documentElement);
  context.save();
  context.beginPath();
  for (const [left, top, right, bottom] of boxes)
    context.rect(left, top, Math.max(1.5, right - left), Math.max(1.5, bottom - top));
  context.clip();
  context.fillStyle = page.getPropertyValue('--paper');
  context.globalAlpha = 0.55;
  context.fillRect(0, 0, width, height);
  context.globalAlpha = 1;
  context.strokeStyle = page.getPropertyValue('--failure');
  context.lineWidth = 1.5;
  context.beginPath();
  for (let x = -height; x < width; x += HATCH_PIXELS * 1.5) {
    context.moveTo(x, height);
    context.lineTo(x + height, 0);
  }
  context.stroke();
  context.restore();
}
