import * as Plot from '@observablehq/plot';
import { range } from 'd3';
import type { HeatData } from '../report-data.js';
import { canvasBelow } from './canvas-below.js';
import { element } from './element.js';
import { type Figure, figure } from './figure.js';
import {
  frameworkLayer,
  type HeatImage,
  HeatImages,
  type HeatLayer,
  shareColors,
  shareLayer,
  stateLayer,
  stateLegend,
} from './heat-layer.js';
import { type HeatOrder, heatRows } from './heat-rows.js';
import type { LegendItem } from './legend.js';
import { type LoadedAttempts, type LoadedSchedule, lanesOf } from './loaded-schedule.js';
import { picker } from './measures.js';
import { labelEnd, numberText, secondsText } from './number-text.js';
import { frameworkColor, solidColor } from './palette.js';
import { drawn as drawnPlot, labelled, plotOptions, timeScale } from './plot-options.js';
import type { LoadedRun } from './series.js';
import { type Drawn, panelSeedText, type RunPanel, runPanels, sentences } from './time-figures.js';
import { timePanel } from './time-panel.js';

const HEIGHT = 280;
const AXES = 62;
const HIGHEST_ROW = 26;
/** Pixels between labels of rows. */
const LABEL_DISTANCE = 22;
const HATCH_PIXELS = 5;
const LONGEST_LABEL = 11;
const MARGIN_LEFT = 74;

/** What the heat map has from the schedule: names and racks of machines, tasks, and a way to show those of one machine. */
export interface HeatDetails {
  readonly schedule: LoadedSchedule;
  readonly showMachine: (machine: number) => void;
}

const ORDERS: readonly { readonly order: HeatOrder; readonly label: string; readonly text: string }[] = [
  { order: 'rank', label: 'rank', text: 'Machines are sorted by rank' },
  {
    order: 'load',
    label: 'load',
    text: 'Machines are sorted by their mean share over the run, the largest first',
  },
  { order: 'name', label: 'name', text: 'Machines are sorted by name' },
  { order: 'rack', label: 'rack', text: 'Machines are sorted by rack' },
  { order: 'racks', label: 'rack, one row each', text: 'A row is a rack, all of its machines together' },
];

/** The machines over time; one panel per policy, with the same colours. A click on a machine shows its tasks. */
export function heatFigure(drawn: Drawn, details?: HeatDetails): Figure {
  const { data, policies } = drawn;
  const hasRacks = details?.schedule.racks.some((rack) => rack !== '') === true;
  const orders = ORDERS.filter(({ order }) =>
    order === 'rack' || order === 'racks' ? hasRacks : order !== 'name' || details !== undefined,
  );
  const colorings = [
    'dominant share',
    ...(data.resourceHeats.some((heats) => heats !== null) && data.resources.length > 1
      ? data.resources.map((name) => `share of ${name}`)
      : []),
    ...(details === undefined ? [] : ['framework', 'state']),
  ];
  const images = new HeatImages();
  let width = 0;
  const redraw = () => made.draw(width);
  const colored = picker('Coloured by', colorings, redraw);
  const sorted = picker(
    'Order',
    orders.map(({ label }) => label),
    redraw,
  );
  const coloring = () => colorings[Number(colored.select.value)];
  const order = () => orders[Number(sorted.select.value)];
  const resource = () => data.resources.findIndex((name) => coloring() === `share of ${name}`);
  const isFirstSeed = () => coloring() !== 'dominant share';
  const attemptsOf = (panel: RunPanel) =>
    details?.schedule.seed === panel.run.seed
      ? details.schedule.policies.find(({ place }) => place === panel.policy.place)
      : undefined;

  function shown(): RunPanel[] {
    const panels = runPanels(drawn);
    if (!isFirstSeed()) return panels;
    return panels.flatMap(({ policy, title }) =>
      policy.runs
        .filter(({ seed }) => seed === (details?.schedule.seed ?? policy.runs[0].seed))
        .slice(0, 1)
        .map((run) => ({
          policy,
          run,
          title: title.includes(', seed ') ? `${policy.name}, seed ${run.seed}` : title,
        })),
    );
  }

  function layerOf(panel: RunPanel): HeatLayer {
    const { run, policy } = panel;
    const attempts = attemptsOf(panel);
    if (details !== undefined && attempts !== undefined) {
      if (coloring() === 'framework') return frameworkLayer(data, details.schedule, attempts, run.heat);
      if (coloring() === 'state') return stateLayer(data, details.schedule, attempts, run.heat);
    }
    const heat = heatOf(policy.place, run);
    return shareLayer(heat, resource() < 0 ? '' : ` of ${coloring().replace('share of ', '')}`);
  }

  function imageOf(panel: RunPanel): HeatImage {
    // The background is another one in the other scheme of colours.
    const key = [coloring(), order().order, solidColor('var(--paper)')].join();
    return images.of(panel.run, key, () => ({
      layer: layerOf(panel),
      rows: heatRows(heatOf(panel.policy.place, panel.run), order().order, details?.schedule),
    }));
  }

  /** The heat map of the chosen resource may be coarser than that of the dominant share. */
  function heatOf(place: number, run: LoadedRun): HeatData {
    return data.resourceHeats[place]?.[resource()] ?? run.heat;
  }

  function legend(): LegendItem[] {
    const hasOutages = policies.some(({ runs }) => runs.some(({ faults }) => faults.outages.length > 0));
    const outages: LegendItem[] = hasOutages ? [{ label: 'machine down', hatch: true }] : [];
    if (coloring() === 'framework')
      return [
        ...data.frameworks.map(({ label, isSingle }, place) => ({
          label,
          fill: frameworkColor(place, isSingle),
        })),
        ...outages,
      ];
    if (coloring() === 'state') return stateLegend(details?.schedule.policies ?? []);
    const ramp = shareColors(24).map((color) => `rgb(${color.join()})`);
    return [{ label: 'idle (0 %) to full (100 %)', ramp }, ...outages];
  }

  const made = figure({
    name: 'machines',
    title: 'Machines: allocated share, frameworks and failures over time',
    caption: () => {
      const panels = shown();
      return sentences(
        coloringText(coloring()),
        `${order().text}${groupText(
          panels.map(({ run, policy }) => heatOf(policy.place, run)),
          order().order,
        )}.`,
        `Each step is a mean over ${[...new Set(panels.map(({ policy, run }) => secondsText(heatOf(policy.place, run).binSeconds)))].join(' or ')}.`,
        details === undefined ? '' : 'Click on a machine to show its tasks in the Gantt chart.',
        isFirstSeed() && data.policies.some(({ seeds }) => seeds.length > 1)
          ? `Seed ${details?.schedule.seed}, the only one with these colours.`
          : panelSeedText(drawn),
        ...panels
          .filter(({ run }) => run.faults.outagesLeftOut > 0)
          .map(
            ({ policy, run }) => `${policy.name}: ${run.faults.outagesLeftOut} short outages are not drawn.`,
          ),
      );
    },
    legend,
    panels: () =>
      shown().map((panel) => ({
        title: panel.title,
        draw: (panelWidth) =>
          heatPanel(
            {
              panel,
              drawing: imageOf(panel),
              attempts: attemptsOf(panel),
              hasHatching: coloring() !== 'state',
              details,
            },
            drawn,
            panelWidth,
          ),
      })),
    panelWidth: 300,
    rows: () => [
      [
        'policy',
        'seed',
        'machines',
        'time_seconds',
        resource() < 0 && isFirstSeed() ? coloring() : 'allocated_share',
      ],
      ...shown().flatMap((panel) => {
        const {
          layer,
          rows: { rows },
        } = imageOf(panel);
        return rows.flatMap((row) =>
          range(layer.bins).map((bin) => [
            panel.policy.name,
            panel.run.seed,
            row.label,
            bin * layer.binSeconds,
            layer.value(row, bin),
          ]),
        );
      }),
    ],
    controls: element('div', { class: 'choice row-choice' }, colored.element, sorted.element),
  });
  return {
    element: made.element,
    draw: (newWidth) => {
      width = newWidth;
      made.draw(width);
    },
  };
}

function coloringText(coloring: string): string {
  if (coloring === 'framework')
    return 'The framework that had most of the first resource on the machine, of the tasks in the Gantt chart.';
  if (coloring === 'state')
    return 'The state that the master has of the machine: the worst one within a step.';
  if (coloring === 'dominant share')
    return 'Dominant share allocated on each machine: the largest allocated share of any of its resources. Red hatching: the machine is off, or cannot be reached.';
  return `Allocated ${coloring} on each machine. Red hatching: the machine is off, or cannot be reached.`;
}

function groupText(heats: readonly HeatData[], order: HeatOrder): string {
  const most = Math.max(...heats.map(({ machinesPerRow }) => machinesPerRow));
  if (order === 'racks')
    return most === 1 ? '' : `; ${most} neighbouring ones count for the rack of the first`;
  return most === 1 ? '' : `; each line is the mean of ${most} neighbouring machines`;
}

/** One panel of the figure. */
interface HeatPanel {
  readonly panel: RunPanel;
  readonly drawing: HeatImage;
  readonly attempts: LoadedAttempts | undefined;
  readonly hasHatching: boolean;
  readonly details: HeatDetails | undefined;
}

function heatPanel(
  { panel: { policy, run }, drawing, attempts, hasHatching, details }: HeatPanel,
  { view }: Drawn,
  width: number,
): HTMLElement {
  const { faults } = run;
  const {
    layer,
    image,
    rows: { rows, tops, heights },
  } = drawing;
  const height = Math.min(HEIGHT, AXES + rows.length * HIGHEST_ROW);
  const every = Math.max(1, Math.ceil((LABEL_DISTANCE * rows.length) / (height - AXES)));
  const chart = drawnPlot({
    ...plotOptions(`${policy.name}: machines over time`, width, height),
    marginLeft: MARGIN_LEFT,
    x: timeScale(view, width),
    y: {
      domain: [rows.length, 0],
      ticks: range(0, rows.length, every).map((place) => place + 0.5),
      tickFormat: (place: number) => labelEnd(rows[Math.floor(place)].short, LONGEST_LABEL),
      tickSize: 0,
      ...labelled(''),
    },
    marks: [Plot.frame({ stroke: 'currentColor', strokeOpacity: 0.4 })],
  });
  const { top, bottom } = chart;
  const { canvas } = canvasBelow(chart);
  const context = canvas.getContext('2d');
  if (context !== null) {
    const xOf = (time: number) => ((time - view.from) / (view.to - view.from)) * canvas.width;
    const yOf = (place: number) => (place / rows.length) * canvas.height;
    context.imageSmoothingEnabled = false;
    // The last bin may be shorter than the others, which the clip of the canvas cuts off.
    context.drawImage(image, xOf(0), 0, xOf(layer.bins * layer.binSeconds) - xOf(0), canvas.height);
    if (hasHatching)
      hatch(
        context,
        faults.outages.map(([machine, , from, to]) => [
          xOf(from),
          yOf(tops[machine]),
          xOf(to),
          yOf(tops[machine] + heights[machine]),
        ]),
      );
  }

  let pointed: number | undefined;
  const machineOf = (place: number) => {
    const row = rows[Math.floor(place)];
    return row.machines[Math.min(row.machines.length - 1, Math.floor((place % 1) * row.machines.length))];
  };
  const machineText = (time: number) => {
    if (pointed === undefined) return 'point at a machine';
    const row = rows[Math.floor(pointed)];
    const machine = machineOf(pointed);
    const down = faults.outages.find(([one, , from, to]) => one === machine && from <= time && time < to);
    const state = down === undefined ? '' : down[1] === 0 ? ', off' : ', cannot be reached';
    const rack = details?.schedule.racks[machine] ?? '';
    const where = rack === '' || row.label === rack ? '' : ` in ${rack}`;
    const bin = Math.min(layer.bins - 1, Math.floor(time / layer.binSeconds));
    const name = row.machines.length === 1 ? '' : ` ${details?.schedule.machines[machine] ?? machine}:`;
    const tasks =
      details === undefined || attempts === undefined
        ? ''
        : `;${name} ${tasksText(details.schedule, attempts, machine, time)}`;
    return `${row.label}${where}: ${layer.text(row, bin)}${state}${tasks}`;
  };
  chart.svg.addEventListener(
    'pointermove',
    (event) => {
      const box = chart.svg.getBoundingClientRect();
      const y = ((event.clientY - box.top) / box.height) * height;
      const place = ((y - top) / (bottom - top)) * rows.length;
      pointed = place >= 0 && place < rows.length ? place : undefined;
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
      if (pointed !== undefined) details?.showMachine(machineOf(pointed));
    },
  });
  panel.prepend(canvas);
  return panel;
}

/** `12 tasks of spark, 1 of akka`: what ran on a machine at a time. */
function tasksText(
  schedule: LoadedSchedule,
  attempts: LoadedAttempts,
  machine: number,
  time: number,
): string {
  const counts = new Map<string, number>();
  for (const i of lanesOf(schedule, attempts).attempts[machine] ?? []) {
    if (attempts.from[i] > time) break;
    if (time >= attempts.to[i]) continue;
    const framework = schedule.jobs.framework[attempts.job[i]];
    counts.set(framework, (counts.get(framework) ?? 0) + 1);
  }
  if (counts.size === 0) return 'no tasks';
  const parts = [...counts].sort(([, a], [, b]) => b - a);
  return parts
    .map(
      ([framework, count], i) =>
        `${numberText(count)}${i > 0 ? '' : count === 1 ? ' task' : ' tasks'} of ${framework}`,
    )
    .join(', ');
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
