import * as Plot from '@observablehq/plot';
import type { SweepAxis, SweepMetric } from '../../sweep/sweep-data.js';
import { policyStyle, solidColor } from '../palette.js';
import { type Chart, drawn, plotOptions } from '../plot-options.js';
import { type AxisBrushes, axisBrushes } from './axis-brushes.js';
import type { LoadedSweep } from './loaded-sweep.js';
import { tickText } from './metric-choice.js';
import { canvasOver } from './overlay.js';
import { BELOW, placesOfLevels } from './parallel-columns.js';
import type { RangeSelection } from './range-selection.js';
import { shortened } from './sensitivity-figure.js';

const HEIGHT = 360;
const MARGIN = { left: 30, right: 60, top: 46, bottom: 30 };
/** More lines are thinned out evenly. */
export const MOST_LINES = 4000;
const MOST_TICKS = 6;

/** A combination that has a value of the metric. */
export interface Line {
  readonly point: number;
  readonly policy: number;
  readonly value: number;
  /** One place per axis, and that of the metric: 0 at the bottom, 1 at the top. */
  readonly places: readonly number[];
}

/** What a drawing shows. */
export interface ParallelLines {
  readonly lines: readonly Line[];
  /** The lines to draw strongly, at each painting. */
  readonly strong: () => ReadonlySet<Line>;
}

/** A drawing that follows the selection without being made again, because a brush is in use. */
export interface ParallelPlot extends AxisBrushes {
  readonly element: HTMLElement;
  readonly paint: () => void;
}

interface Tick {
  readonly column: number;
  readonly place: number;
  readonly text: string;
}

/** Of this many pale lines, one in so many is drawn. */
export function stepFor(lines: number): number {
  return Math.ceil(lines / MOST_LINES);
}

/** The lines on a canvas, and above it the columns with a brush on each. */
export function parallelPlot(
  { data: { axes } }: LoadedSweep,
  metric: SweepMetric,
  selection: RangeSelection,
  { lines, strong }: ParallelLines,
  width: number,
): ParallelPlot {
  const columns = selection.columns().map(({ name }, column) => ({ name, column }));
  const each = (width - MARGIN.left - MARGIN.right) / Math.max(1, columns.length - 1);
  const room = Math.max(4, Math.floor(each / 6.6));
  const ticks = [
    ...axes.flatMap((axis, column) => axisTicks(axis, column)),
    ...metricTicks(lines, metric, columns.length - 1),
  ];
  const chart = drawn({
    ...plotOptions(
      `${lines.length} combinations over ${axes.map(({ name }) => name).join(', ')} to ${metric.key}`,
      width,
      HEIGHT,
    ),
    marginLeft: MARGIN.left,
    marginRight: MARGIN.right,
    marginTop: MARGIN.top,
    marginBottom: MARGIN.bottom,
    x: { domain: [0, Math.max(1, columns.length - 1)], axis: null },
    y: { domain: [BELOW, 1], axis: null },
    marks: [
      Plot.ruleX(columns, { x: 'column', y1: 0, y2: 1, stroke: 'var(--soft)' }),
      // Names of neighbours are at two heights, so that each has the room of two.
      ...columns.map(({ name, column }) =>
        Plot.text([{ column }], {
          x: 'column',
          y: () => 1,
          dy: column % 2 === 0 ? -14 : -30,
          dx: column === 0 ? -10 : column === columns.length - 1 ? 50 : 0,
          text: () => shortened(name, Math.floor(1.8 * room)),
          textAnchor: column === 0 ? 'start' : column === columns.length - 1 ? 'end' : 'middle',
          fontWeight: 600,
        }),
      ),
      Plot.text(ticks, {
        x: 'column',
        y: 'place',
        text: ({ text }: Tick) => shortened(text, Math.max(6, room - 2)),
        dx: 5,
        textAnchor: 'start',
        stroke: 'var(--paper)',
        strokeWidth: 4,
        fill: 'currentColor',
        fontSize: 10.5,
      }),
    ],
  });
  const { element, paint } = canvasOver(chart, (context, ratio) => {
    const isSelection = !selection.isEmpty();
    drawLines(context, ratio, { lines, strong: strong(), isSelection }, chart);
  });
  return { element, paint, ...axisBrushes(chart, selection) };
}

function axisTicks(axis: SweepAxis, column: number): Tick[] {
  const places = placesOfLevels(axis);
  const step = Math.ceil(axis.levels.length / MOST_TICKS);
  return axis.levels.flatMap((text, i) =>
    i % step === 0 || i === axis.levels.length - 1 ? [{ column, place: places[i], text }] : [],
  );
}

function metricTicks(lines: readonly Line[], metric: SweepMetric, column: number): Tick[] {
  if (lines.length === 0) return [];
  const tick = tickText(metric);
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { value } of lines) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return [0, 0.25, 0.5, 0.75, 1].map((place) => ({
    column,
    place,
    text: tick(Number((low + place * (high - low)).toPrecision(3))),
  }));
}

interface Drawn {
  readonly lines: readonly Line[];
  readonly strong: ReadonlySet<Line>;
  /** Then lines that are not selected have no colour. */
  readonly isSelection: boolean;
}

function drawLines(
  context: CanvasRenderingContext2D,
  ratio: number,
  { lines, strong, isSelection }: Drawn,
  { left, right, top, bottom }: Chart,
): void {
  const [width, height] = [(right - left) * ratio, (bottom - top) * ratio];
  const colors = new Map<number, string>();
  const colorOf = (policy: number) => {
    const color = colors.get(policy) ?? solidColor(policyStyle(policy).color);
    colors.set(policy, color);
    return color;
  };
  const draw = ({ places }: Line) => {
    context.beginPath();
    for (const [column, place] of places.entries())
      context.lineTo((column / (places.length - 1)) * width, ((1 - place) / (1 - BELOW)) * height);
    context.stroke();
  };
  const step = stepFor(lines.length);
  const pale = lines.filter((line, i) => i % step === 0 && !strong.has(line));
  const soft = solidColor('var(--soft)');
  context.lineWidth = ratio;
  context.globalAlpha = Math.max(0.05, Math.min(isSelection ? 0.2 : 0.35, 60 / Math.max(1, pale.length)));
  for (const line of pale) {
    context.strokeStyle = isSelection ? soft : colorOf(line.policy);
    draw(line);
  }
  context.lineWidth = 1.75 * ratio;
  context.globalAlpha = strong.size > 100 ? Math.max(0.1, Math.min(0.35, 140 / strong.size)) : 0.85;
  for (const line of [...strong].slice(0, MOST_LINES)) {
    context.strokeStyle = colorOf(line.policy);
    draw(line);
  }
}
