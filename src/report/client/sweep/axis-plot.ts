import * as Plot from '@observablehq/plot';
import type { LimitedMean } from '../../../results/interval-text.js';
import type { Limits } from '../../../results/statistics/mean-interval.js';
import type { SweepAxis } from '../../sweep/sweep-data.js';
import { policyStyle } from '../palette.js';
import { drawn, labelled, plotOptions } from '../plot-options.js';
import { isLogarithmic } from './loaded-sweep.js';
import { shortened } from './sensitivity-figure.js';

/** A value at a class of an axis. */
export interface AxisPoint {
  readonly policy: number;
  readonly one: number;
  readonly value: LimitedMean;
  /** The value as text. */
  readonly text: string;
  /** Limits of the interval that holds for all differences of the figure together; undefined for a value that is no difference. */
  readonly together?: Limits | undefined;
  /** Whether a difference is supported after the correction. */
  readonly isSupported?: boolean;
}

/** What a plot over an axis shows. */
export interface AxisPlot {
  readonly axis: SweepAxis;
  readonly points: readonly AxisPoint[];
  readonly label: string;
  readonly tick: (value: number) => string;
  readonly domain: readonly [number, number];
  readonly ticks: readonly number[];
  readonly height: number;
  readonly nameOf: (policy: number) => string;
  /** Differences have a line at 0, thick and thin intervals, and hollow points where they are not supported. */
  readonly isDifference: boolean;
}

const PIXELS_PER_CHARACTER = 6.4;
const MARGIN_LEFT = 62;
/** Two intervals at one place would hide each other, so those of differences are this many pixels apart. */
const APART = 6;

/** Lines with intervals over the classes of an axis, one line for each policy. */
export function axisPlot(what: AxisPlot, width: number): Element {
  const { axis, points, label, tick, ticks, domain, height, nameOf, isDifference } = what;
  const policies = [...new Set(points.map(({ policy }) => policy))];
  const x = ({ one }: AxisPoint) => axis.places?.[one] ?? one;
  const low = ({ value }: AxisPoint) => value.limits?.low ?? value.mean;
  const high = ({ value }: AxisPoint) => value.limits?.high ?? value.mean;
  const y = ({ value }: AxisPoint) => value.mean;
  return drawn({
    ...plotOptions(`${label} by ${axis.name}`, width, height),
    marginLeft: MARGIN_LEFT,
    marginBottom: 40,
    x: horizontal(axis, width - MARGIN_LEFT - 14),
    y: { domain: [...domain], ticks: [...ticks], tickFormat: tick, grid: true, ...labelled(label) },
    marks: [
      ...(isDifference ? [Plot.ruleY([0], { stroke: 'var(--soft)' })] : []),
      ...policies.flatMap((policy, i) => {
        const own = points.filter((point) => point.policy === policy);
        const dx = isDifference ? (i - (policies.length - 1) / 2) * APART : 0;
        const { color, dash } = policyStyle(policy);
        const together = own.filter((point) => point.together !== undefined);
        return [
          Plot.lineY(own, { x, y, dx, stroke: color, strokeDasharray: dash, strokeWidth: 1.75 }),
          Plot.ruleX(together, {
            ...{ x, dx, stroke: color, strokeWidth: 1.2 },
            y1: (point: AxisPoint) => point.together?.low,
            y2: (point: AxisPoint) => point.together?.high,
          }),
          Plot.ruleX(
            own.filter(({ value }) => value.limits !== undefined),
            { x, dx, y1: low, y2: high, stroke: color, strokeWidth: isDifference ? 4 : 1.5 },
          ),
          Plot.dot(own, {
            ...{ x, y, dx, r: isDifference ? 4 : 3, stroke: color, strokeWidth: isDifference ? 1.8 : 0 },
            fill: (point: AxisPoint) => (isDifference && !point.isSupported ? 'var(--paper)' : color),
          }),
        ];
      }),
      Plot.tip(
        points,
        Plot.pointer({
          x,
          y,
          title: ({ policy, one, text }: AxisPoint) =>
            `${nameOf(policy)}\n${axis.name}: ${axis.classes[one]}\n${text}`,
          fill: 'var(--paper)',
        }),
      ),
    ],
  }).svg;
}

/** The scale of an axis: of numbers, or with a place for each text. */
function horizontal(axis: SweepAxis, width: number): NonNullable<Plot.PlotOptions['x']> {
  const { places, classes, name, unit } = axis;
  const common = { labelAnchor: 'center', labelArrow: 'none' } as const;
  if (places === null) {
    const room = Math.max(3, Math.floor(width / classes.length / PIXELS_PER_CHARACTER));
    return {
      ...common,
      type: 'point',
      domain: classes.map((_, i) => i),
      padding: 0.5,
      tickFormat: (one: number) => shortened(classes[one], room),
      label: name,
    };
  }
  const isLog = isLogarithmic(axis);
  const [first, last] = [places[0], places[places.length - 1]];
  const edge = isLog ? (last / first) ** 0.04 : (last - first) * 0.04;
  const most = Math.max(2, Math.floor(width / 52));
  return {
    ...common,
    type: isLog ? 'log' : 'linear',
    domain: isLog ? [first / edge, last * edge] : [first - edge, last + edge],
    ticks: places.length <= most && classes.length === axis.levels.length ? [...places] : Math.min(6, most),
    tickFormat: (value: number) => String(Number(value.toPrecision(4))),
    label: unit === '' ? name : `${name} (${shortened(unit, 26)})`,
  };
}
