import * as Plot from '@observablehq/plot';
import type { SweepAxis, SweepMetric } from '../../sweep/sweep-data.js';
import type { Figure } from '../figure.js';
import { policyStyle, solidColor } from '../palette.js';
import { type Chart, drawn, plotOptions } from '../plot-options.js';
import { figureWithPickers, pickerRow, textPicker } from './choices.js';
import { isLogarithmic, type LoadedSweep, NONE } from './loaded-sweep.js';
import { type MetricChoice, tickText } from './metric-choice.js';
import { canvasOver } from './overlay.js';
import { shortened } from './sensitivity-figure.js';

const HEIGHT = 360;
const MARGIN = { left: 30, right: 60, top: 46, bottom: 30 };
/** More lines are thinned out evenly. */
const MOST_LINES = 4000;
/** The share of the combinations that is drawn strongly. */
const BEST = 0.1;
const MOST_TICKS = 6;
/** Where lines of points go to which an axis does not apply: below the axis. */
const BELOW = -0.07;

interface Line {
  readonly point: number;
  readonly policy: number;
  readonly value: number;
  /** One place per axis, and that of the metric: 0 at the bottom, 1 at the top. */
  readonly places: readonly number[];
}

interface Tick {
  readonly column: number;
  readonly place: number;
  readonly text: string;
}

/** Parallel coordinates: a line for each combination through its value of every axis, to the metric at the right. */
export function parallelFigure(sweep: LoadedSweep, { metric }: MetricChoice): Figure {
  const { axes, policies } = sweep.data;
  return figureWithPickers((redraw) => {
    const strong = textPicker(
      'Draw strongly',
      ['the best tenth', 'the worst tenth', ...(policies.length > 1 ? policies : [])],
      0,
      redraw,
    );
    const isStrong = (lines: readonly Line[]) => strongLines(lines, metric(), strong.value());
    return {
      name: 'all-axes',
      title: 'All axes at once',
      caption: () => {
        const lines = linesOf(sweep, metric());
        const step = stepFor(lines.length);
        return [
          `Each line is one combination, from its value of each axis to its mean of ${metric().key} at the right.`,
          metric().better === 'neither'
            ? 'This metric has no better direction: the best tenth are the highest values.'
            : `The best tenth are the ${metric().better === 'lower' ? 'lowest' : 'highest'} values.`,
          ...(step > 1
            ? [
                `Of ${lines.length} pale lines, every ${step}th is drawn; strong ones are all drawn up to ${MOST_LINES}.`,
              ]
            : []),
          ...(lines.some(({ places }) => places.includes(BELOW))
            ? ['A line below an axis does not depend on it.']
            : []),
        ].join(' ');
      },
      legend: () =>
        policies.length < 2
          ? []
          : policies.map((label, i) => ({ label, line: { ...policyStyle(i), dash: 'none' } })),
      panels: () => [
        {
          title: '',
          draw: (width) => {
            const lines = linesOf(sweep, metric());
            return parallelPlot(sweep, metric(), { lines, strong: isStrong(lines) }, width);
          },
        },
      ],
      panelWidth: 0,
      rows: () => [
        ['policy', ...axes.map(({ name }) => name), metric().key],
        ...linesOf(sweep, metric()).map(({ point, policy, value }) => [
          policies[policy],
          ...axes.map((_, axis) => sweep.text(axis, point)),
          value,
        ]),
      ],
      controls: pickerRow(strong),
    };
  });
}

function linesOf(sweep: LoadedSweep, metric: SweepMetric): Line[] {
  const { axes } = sweep.data;
  const known = sweep.points.flatMap((point) => {
    const mean = sweep.mean(metric, [point])?.mean;
    return mean === undefined ? [] : [{ point, value: mean }];
  });
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { value } of known) [low, high] = [Math.min(low, value), Math.max(high, value)];
  const placeOf = axes.map(placesOfLevels);
  return known.map(({ point, value }) => ({
    point,
    policy: sweep.policyOfPoint[point],
    value,
    places: [
      ...placeOf.map((places, axis) => {
        const level = sweep.levels[axis][point];
        return level === NONE ? BELOW : places[level];
      }),
      high > low ? (value - low) / (high - low) : 0.5,
    ],
  }));
}

/** The place of each level between the lowest and the highest. */
function placesOfLevels(axis: SweepAxis): number[] {
  const { levels, numbers } = axis;
  if (numbers === null) return levels.map((_, i) => (i + 0.5) / levels.length);
  const scale = isLogarithmic(axis) ? Math.log : (value: number) => value;
  const [first, last] = [scale(numbers[0]), scale(numbers[numbers.length - 1])];
  return numbers.map((value) => (last > first ? (scale(value) - first) / (last - first) : 0.5));
}

function strongLines(lines: readonly Line[], { better }: SweepMetric, choice: number): ReadonlySet<Line> {
  if (choice > 1) return new Set(lines.filter(({ policy }) => policy === choice - 2));
  const isLowestFirst = (better === 'lower') === (choice === 0);
  const order = lines.toSorted((a, b) => (isLowestFirst ? a.value - b.value : b.value - a.value));
  return new Set(order.slice(0, Math.max(1, Math.round(lines.length * BEST))));
}

function stepFor(lines: number): number {
  return Math.ceil(lines / MOST_LINES);
}

interface ParallelPlot {
  readonly lines: readonly Line[];
  readonly strong: ReadonlySet<Line>;
}

function parallelPlot(
  { data: { axes } }: LoadedSweep,
  metric: SweepMetric,
  { lines, strong }: ParallelPlot,
  width: number,
): HTMLElement {
  const names = [...axes.map(({ name }) => name), metric.key];
  const columns = names.map((name, column) => ({ name, column }));
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
  return canvasOver(chart, (context, ratio) => drawLines(context, ratio, lines, strong, chart));
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

function drawLines(
  context: CanvasRenderingContext2D,
  ratio: number,
  lines: readonly Line[],
  strong: ReadonlySet<Line>,
  { left, right, top, bottom }: Chart,
): void {
  const [width, height] = [(right - left) * ratio, (bottom - top) * ratio];
  const draw = ({ places, policy }: Line) => {
    context.strokeStyle = solidColor(policyStyle(policy).color);
    context.beginPath();
    for (const [column, place] of places.entries())
      context.lineTo((column / (places.length - 1)) * width, ((1 - place) / (1 - BELOW)) * height);
    context.stroke();
  };
  const step = stepFor(lines.length);
  const pale = lines.filter((line, i) => i % step === 0 && !strong.has(line));
  context.lineWidth = ratio;
  context.globalAlpha = Math.max(0.05, Math.min(0.35, 60 / Math.max(1, pale.length)));
  for (const line of pale) draw(line);
  context.lineWidth = 1.75 * ratio;
  context.globalAlpha = strong.size > 100 ? 0.35 : 0.85;
  for (const line of [...strong].slice(0, MOST_LINES)) draw(line);
}
