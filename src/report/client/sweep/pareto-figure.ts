import * as Plot from '@observablehq/plot';
import { type LimitedMean, valueText } from '../../../results/interval-text.js';
import type { SweepMetric } from '../../sweep/sweep-data.js';
import { dataTable } from '../data-table.js';
import { element } from '../element.js';
import type { Figure } from '../figure.js';
import { policyStyle, solidColor } from '../palette.js';
import { type Chart, drawn, labelled, plotOptions } from '../plot-options.js';
import { figureWithPickers, pickerRow } from './choices.js';
import type { LoadedSweep } from './loaded-sweep.js';
import { metricPicker, ticksOf, tickText, written } from './metric-choice.js';
import { canvasOver } from './overlay.js';
import { type Better, paretoFront } from './pareto.js';

const HEIGHT = 400;
const WIDEST = 900;
/** Rows of the table of the front. */
const MOST_ROWS = 60;

interface Shown {
  readonly point: number;
  readonly policy: number;
  readonly x: number;
  readonly y: number;
  readonly across: LimitedMean;
  readonly up: LimitedMean;
}

/** The two metrics with which a figure begins. */
export interface TradeOff {
  readonly name: string;
  readonly title: string;
  readonly across: number;
  readonly up: number;
}

/** The combinations by two metrics, and the front of those that no other beats in both. */
export function paretoFigure(sweep: LoadedSweep, { name, title, across, up }: TradeOff): Figure {
  const { metrics, axes, policies, seeds } = sweep.data;
  const isWanted = ({ better }: SweepMetric) => better !== 'neither';
  return figureWithPickers((redraw) => {
    const ofX = metricPicker('Across', sweep.data, { chosen: across, changed: redraw, isWanted });
    const ofY = metricPicker('Up', sweep.data, { chosen: up, changed: redraw, isWanted });
    const [x, y] = [() => metrics[ofX.value()], () => metrics[ofY.value()]];
    const table = element('div');
    const shown = () => shownPoints(sweep, x(), y());
    const frontOf = (points: readonly Shown[]) =>
      paretoFront(points, x().better as Better, y().better as Better).map((place) => points[place]);
    return {
      name,
      title,
      caption: () => {
        const points = shown();
        return [
          `Each point is one combination (${points.length} of ${sweep.points.length} have both numbers)${seeds.length > 1 ? ', a mean over the seeds' : ''}.`,
          `${x().key}: ${x().better} is better; ${y().key}: ${y().better} is better.`,
          `The line is the front: ${frontOf(points).length} combinations that no other equals in both numbers and beats in one. Pale points are beaten.`,
          ...(seeds.length > 1
            ? [
                'Crosses on the front are 95 % intervals over the seeds, each for itself; the front is that of the means.',
              ]
            : []),
        ].join(' ');
      },
      legend: () =>
        policies.length < 2 ? [] : policies.map((label, i) => ({ label, fill: policyStyle(i).color })),
      panels: () => {
        const points = shown();
        return [
          {
            title: '',
            draw: (width) =>
              scatter(sweep, points, frontOf(points), { x: x(), y: y() }, Math.min(width, WIDEST)),
          },
        ];
      },
      panelWidth: 0,
      rows: () => {
        const points = shown();
        const front = new Set(frontOf(points));
        return [
          ['policy', ...otherAxes(sweep).map((axis) => axes[axis].name), x().key, y().key, 'front'],
          ...points.map((one) => [
            policies[one.policy],
            ...otherAxes(sweep).map((axis) => sweep.text(axis, one.point)),
            ...[one.x, one.y, front.has(one) ? 'yes' : 'no'],
          ]),
        ];
      },
      controls: pickerRow(ofX, ofY),
      table,
      drawn: () => {
        const front = frontOf(shown());
        table.replaceChildren(
          dataTable({
            caption: `The front${front.length > MOST_ROWS ? ` (the first ${MOST_ROWS} of ${front.length})` : ''}`,
            columns: [x().key, y().key, ...otherAxes(sweep).map((axis) => axes[axis].name)],
            rows: front
              .slice(0, MOST_ROWS)
              .map((one) => [
                policies[one.policy],
                ...[valueText(one.across, written(x())), valueText(one.up, written(y()))],
                ...otherAxes(sweep).map((axis) => sweep.text(axis, one.point)),
              ]),
          }),
        );
      },
    };
  });
}

/** The axes that are not the policies. */
export function otherAxes({ data, policyAxis }: LoadedSweep): number[] {
  return data.axes.flatMap((_, axis) => (axis === policyAxis ? [] : [axis]));
}

function shownPoints(sweep: LoadedSweep, x: SweepMetric, y: SweepMetric): Shown[] {
  return sweep.points.flatMap((point) => {
    const [across, up] = [sweep.mean(x, [point]), sweep.mean(y, [point])];
    if (across === undefined || up === undefined) return [];
    return [{ point, policy: sweep.policyOfPoint[point], x: across.mean, y: up.mean, across, up }];
  });
}

/** All points on a canvas, because there may be thousands; the front as a drawing with marks that can be pointed at. */
function scatter(
  sweep: LoadedSweep,
  points: readonly Shown[],
  front: readonly Shown[],
  of: { readonly x: SweepMetric; readonly y: SweepMetric },
  width: number,
): HTMLElement {
  const color = ({ policy }: Shown) => policyStyle(policy).color;
  const domains = [domain(points.map(({ x }) => x)), domain(points.map(({ y }) => y))];
  const chart = drawn({
    ...plotOptions(
      `${of.y.key} against ${of.x.key}, ${points.length} combinations, ${front.length} on the front`,
      width,
      HEIGHT,
    ),
    marginLeft: 66,
    marginBottom: 40,
    x: {
      domain: [...domains[0]],
      ticks: ticksOf(of.x, domains[0], Math.max(2, Math.floor(width / 110))),
      tickFormat: tickText(of.x),
      grid: true,
      label: of.x.key,
      labelAnchor: 'center',
      labelArrow: 'none',
    },
    y: {
      domain: [...domains[1]],
      ticks: ticksOf(of.y, domains[1], 6),
      tickFormat: tickText(of.y),
      grid: true,
      ...labelled(of.y.key),
    },
    marks: [
      Plot.lineY(front, {
        x: 'x',
        y: 'y',
        curve: 'step-after',
        stroke: 'var(--ink)',
        strokeWidth: 1.25,
        clip: true,
      }),
      Plot.ruleY(front, {
        y: 'y',
        x1: (one: Shown) => one.across.limits?.low ?? one.x,
        x2: (one: Shown) => one.across.limits?.high ?? one.x,
        stroke: color,
        clip: true,
      }),
      Plot.ruleX(front, {
        x: 'x',
        y1: (one: Shown) => one.up.limits?.low ?? one.y,
        y2: (one: Shown) => one.up.limits?.high ?? one.y,
        stroke: color,
        clip: true,
      }),
      Plot.dot(front, { x: 'x', y: 'y', r: 4.5, fill: color, stroke: 'var(--paper)' }),
      Plot.tip(
        front,
        Plot.pointer({
          x: 'x',
          y: 'y',
          title: (one: Shown) =>
            [
              sweep.data.policies[one.policy],
              ...otherAxes(sweep).map(
                (axis) => `${sweep.data.axes[axis].name}: ${sweep.text(axis, one.point)}`,
              ),
              `${of.x.key}: ${valueText(one.across, written(of.x))}`,
              `${of.y.key}: ${valueText(one.up, written(of.y))}`,
            ].join('\n'),
          fill: 'var(--paper)',
        }),
      ),
    ],
  });
  return canvasOver(chart, (context, ratio) => drawPoints(context, ratio, points, domains, chart)).element;
}

function drawPoints(
  context: CanvasRenderingContext2D,
  ratio: number,
  points: readonly Shown[],
  [across, up]: readonly (readonly [number, number])[],
  { left, right, top, bottom }: Chart,
): void {
  const place = (value: number, [from, to]: readonly [number, number]) => (value - from) / (to - from);
  context.globalAlpha = points.length > 1000 ? 0.25 : 0.4;
  for (const { x, y, policy } of points) {
    context.fillStyle = solidColor(policyStyle(policy).color);
    context.beginPath();
    context.arc(
      place(x, across) * (right - left) * ratio,
      (1 - place(y, up)) * (bottom - top) * ratio,
      3 * ratio,
      0,
      2 * Math.PI,
    );
    context.fill();
  }
}

function domain(values: readonly number[]): [number, number] {
  if (values.length === 0) return [0, 1];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = high > low ? 0.05 * (high - low) : Math.abs(high) * 0.05 || 1;
  return [low - room, high + room];
}
