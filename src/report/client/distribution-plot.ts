import * as Plot from '@observablehq/plot';
import type { Corner, Curve } from './distribution-curve.js';
import { type AxisUnit, logAxis, roundBelow } from './log-axis.js';
import { numberText, percentText, secondsText, tickPercent } from './number-text.js';
import { drawingOrder, policyStyle } from './palette.js';
import { drawn, labelled, plotOptions, shareScale } from './plot-options.js';

/** The share of the values that is larger than a value (complementary distribution), or at most this value. */
export type CurveKind = 'longer' | 'at-most';

/** What a plot of distributions draws. */
export interface DistributionPlot {
  /** What is measured, such as `wait of jobs`. */
  readonly measure: string;
  readonly unit: AxisUnit;
  /** What the values belong to. */
  readonly noun: 'tasks' | 'jobs';
  readonly kind: CurveKind;
  readonly names: readonly string[];
  /** By policy. */
  readonly curves: readonly Curve[];
  readonly height: number;
}

const MARGIN_LEFT = 64;
const MARGIN_RIGHT = 24;

/** Maximum number of decades below 100 % on the axis. */
const MOST_DECADES = 6;

/** Share of a policy's least values that the axis may cut off. Otherwise, a few small values would leave most of the axis empty. */
const LEFT_OUT = 0.01;

/** The curves of all policies in one plot. */
export function distributionPlot(plot: DistributionPlot, width: number): Element {
  const { measure, unit, noun, kind, names, curves, height } = plot;
  const isLonger = kind === 'longer';
  const above = unit === 's' ? 'longer' : 'above';
  const what = isLonger
    ? `share of the ${noun} with a ${measure} ${above}`
    : `share of the ${noun} with at most this ${measure}`;
  const options = plotOptions(`${what}, by policy`, width, height);
  const positive = curves.filter(({ corners }) => corners.length > 0);
  if (positive.length === 0)
    return drawn({ ...options, marks: [emptyText(plot), Plot.frame({ stroke: 'var(--rule)' })] }).svg;
  const first = Math.log10(roundBelow(Math.min(...positive.map(firstValue)), unit));
  const last =
    Math.log10(Math.max(...positive.map(({ corners }) => corners[corners.length - 1].value))) + 0.1;
  const lowest = lowestDecade(positive);
  const lines = curves.map((curve) => lineOf(curve, first, last, isLonger ? lowest : undefined));
  const valueText = (value: number) => (unit === 's' ? secondsText(value) : numberText(value));
  return drawn({
    ...options,
    marginLeft: MARGIN_LEFT,
    marginRight: MARGIN_RIGHT,
    x: {
      ...logAxis([first, last], unit, width - MARGIN_LEFT - MARGIN_RIGHT),
      label: `${measure} (logarithmic)`,
      labelAnchor: 'center',
      labelArrow: 'none',
    },
    y: isLonger
      ? {
          domain: [lowest, 0],
          ticks: -lowest,
          tickFormat: (decade: number) => tickPercent(10 ** decade),
          grid: true,
          ...labelled(`share of the ${noun} ${above} (logarithmic)`),
        }
      : shareScale(`share of the ${noun} at or below`),
    marks: [
      Plot.ruleY([isLonger ? lowest : 0]),
      ...drawingOrder(lines.length).map((i) =>
        Plot.lineY(lines[i], {
          x: 'x',
          y: 'y',
          curve: 'step-after',
          stroke: policyStyle(i).color,
          strokeDasharray: policyStyle(i).dash,
          strokeWidth: 1.75,
          clip: true,
        }),
      ),
      Plot.tip(
        lines.flatMap((line, i) => line.map((point) => ({ ...point, name: names[i] }))),
        Plot.pointer({
          x: 'x',
          y: 'y',
          title: ({ name, x, share }) =>
            isLonger
              ? `${name}: ${percentText(share)} ${above} ${unit === 's' ? 'than ' : ''}${valueText(10 ** x)}`
              : `${name}: ${percentText(1 - share)} at most ${valueText(10 ** x)}`,
        }),
      ),
    ],
  }).svg;
}

/** A point of a line. */
interface LinePoint {
  /** Decimal logarithm of the value. */
  readonly x: number;
  readonly y: number;
  readonly share: number;
}

/** `lowest`: the decade at which a logarithmic axis ends; undefined for a linear axis of the share at or below. */
function lineOf(
  { corners, count, zero }: Curve,
  first: number,
  last: number,
  lowest: number | undefined,
): LinePoint[] {
  if (count === 0 || (corners.length === 0 && lowest !== undefined)) return [];
  const start: Corner = {
    value: Math.min(10 ** first, corners[0]?.value ?? Number.POSITIVE_INFINITY),
    share: (count - zero) / count,
  };
  const end: Corner = { value: 10 ** last, share: corners.at(-1)?.share ?? start.share };
  return [start, ...corners, ...(lowest === undefined ? [end] : [])].map(({ value, share }) => ({
    x: Math.log10(value),
    y: lowest === undefined ? 1 - share : Math.max(lowest, Math.log10(share)),
    share,
  }));
}

function firstValue({ corners, count, zero }: Curve): number {
  const enough = ((count - zero) / count) * (1 - LEFT_OUT);
  const corner = corners.find(({ share }) => share < enough) ?? corners[corners.length - 1];
  return corner.value;
}

/** The decade below the smallest positive share. */
function lowestDecade(curves: readonly Curve[]): number {
  const least = Math.min(...curves.map(({ count }) => 1 / count), 0.1);
  return Math.max(-MOST_DECADES, Math.floor(Math.log10(least)));
}

function emptyText({ measure, noun, curves }: DistributionPlot): Plot.Markish {
  const some = curves.some(({ count }) => count > 0);
  const every =
    noun === 'tasks'
      ? 'Every task started immediately: all waits are 0 s.'
      : `The ${measure} of every job is 0.`;
  return Plot.text([some ? every : `No ${noun} with a ${measure}.`], { frameAnchor: 'middle', fontSize: 13 });
}
