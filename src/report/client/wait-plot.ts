import * as Plot from '@observablehq/plot';
import { percentText, secondsText, tickPercent } from './number-text.js';
import { drawingOrder, policyStyle } from './palette.js';
import { drawn, labelled, plotOptions } from './plot-options.js';
import type { WaitCorner, WaitCurve } from './wait-curve.js';

const HEIGHT = 300;

/** Round times for ticks, one or two per decade. */
const TIMES: readonly (readonly [number, string])[] = [
  [0.001, '1 ms'],
  [0.01, '10 ms'],
  [0.1, '100 ms'],
  [1, '1 s'],
  [10, '10 s'],
  [60, '1 min'],
  [600, '10 min'],
  [3600, '1 h'],
  [36_000, '10 h'],
  [86_400, '1 d'],
  [864_000, '10 d'],
  [8_640_000, '100 d'],
];

/** Maximum number of decades below 100 % on the axis. */
const MOST_DECADES = 6;

/** Share of a policy's shortest waits that the axis may cut off. Otherwise, a few short waits would leave most of the axis empty. */
const LEFT_OUT = 0.01;

/** The curves of all policies in one plot. */
export function waitPlot(names: readonly string[], curves: readonly WaitCurve[], width: number): Element {
  const options = plotOptions('share of tasks that waited longer than a time, by policy', width, HEIGHT);
  const waited = curves.filter(({ corners }) => corners.length > 0);
  if (waited.length === 0)
    return drawn({ ...options, marks: [emptyText(curves), Plot.frame({ stroke: 'var(--rule)' })] }).svg;
  const first = Math.log10(timeBefore(Math.min(...waited.map(firstSeconds))));
  const last = Math.log10(Math.max(...waited.map(({ corners }) => corners[corners.length - 1].seconds)));
  const lowest = lowestDecade(waited);
  const ticks = TIMES.filter(
    ([seconds]) => Math.log10(seconds) >= first && Math.log10(seconds) <= last + 0.1,
  );
  const lines = curves.map((curve) => lineOf(curve, first, lowest));
  return drawn({
    ...options,
    marginLeft: 64,
    x: {
      domain: [first, last + 0.1],
      ticks: ticks.map(([seconds]) => Math.log10(seconds)),
      tickFormat: (_, i) => ticks[i][1],
      label: 'wait (logarithmic)',
      labelAnchor: 'center',
      labelArrow: 'none',
    },
    y: {
      domain: [lowest, 0],
      ticks: -lowest,
      tickFormat: (decade: number) => tickPercent(10 ** decade),
      grid: true,
      ...labelled('share of the tasks that waited longer (logarithmic)'),
    },
    marks: [
      Plot.ruleY([lowest]),
      ...drawingOrder(lines.length).map((i) =>
        Plot.lineY(lines[i], {
          x: 'time',
          y: 'decade',
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
          x: 'time',
          y: 'decade',
          title: ({ name, time, share }) =>
            `${name}: ${percentText(share)} waited longer than ${secondsText(10 ** time)}`,
        }),
      ),
    ],
  }).svg;
}

/**
 * A point in logarithms. Plot's logarithmic scale labels only powers of ten, and minutes and hours are not powers of ten.
 */
interface LinePoint {
  readonly time: number;
  readonly decade: number;
  readonly share: number;
}

function lineOf({ corners, tasks, zero }: WaitCurve, first: number, lowest: number): LinePoint[] {
  if (corners.length === 0) return [];
  const start: WaitCorner = {
    seconds: Math.min(10 ** first, corners[0].seconds),
    share: (tasks - zero) / tasks,
  };
  return [start, ...corners].map(({ seconds, share }) => ({
    time: Math.log10(seconds),
    decade: Math.max(lowest, Math.log10(share)),
    share,
  }));
}

/** The last known time at or before a time. */
function timeBefore(seconds: number): number {
  return (
    TIMES.map(([time]) => time)
      .filter((time) => time <= seconds)
      .at(-1) ?? TIMES[0][0]
  );
}

function firstSeconds({ corners, tasks, zero }: WaitCurve): number {
  const enough = ((tasks - zero) / tasks) * (1 - LEFT_OUT);
  const corner = corners.find(({ share }) => share < enough) ?? corners[corners.length - 1];
  return corner.seconds;
}

/** The decade below the smallest positive share. */
function lowestDecade(curves: readonly WaitCurve[]): number {
  const least = Math.min(...curves.map(({ tasks }) => 1 / tasks), 0.1);
  return Math.max(-MOST_DECADES, Math.floor(Math.log10(least)));
}

function emptyText(curves: readonly WaitCurve[]): Plot.Markish {
  const started = curves.some(({ tasks }) => tasks > 0);
  return Plot.text([started ? 'Every task started immediately: all waits are 0 s.' : 'No task started.'], {
    frameAnchor: 'middle',
    fontSize: 13,
  });
}
