import * as Plot from '@observablehq/plot';
import type { TimeView } from './time-view.js';

const MARGINS = { marginTop: 26, marginRight: 14, marginBottom: 36, marginLeft: 48 };

/** Common options of all plots. */
export function plotOptions(label: string, width: number, height: number): Plot.PlotOptions {
  return {
    ...MARGINS,
    width,
    height,
    ariaLabel: label,
    className: 'chart',
    style: { background: 'none', fontFamily: 'inherit', fontSize: '11px' },
  };
}

/** A drawn plot, and where its marks are in it, in pixels of its own. */
export interface Chart {
  readonly svg: SVGSVGElement;
  readonly width: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/**
 * Draws a plot. Plot adds a style sheet to each drawing, which the content security policy of the page does not allow: the page has
 * these rules in its own style sheet.
 */
export function drawn(options: Plot.PlotOptions): Chart {
  const svg = Plot.plot(options) as SVGSVGElement;
  svg.querySelector(':scope > style')?.remove();
  // A part without a role must have no label. The whole drawing has one.
  for (const part of svg.querySelectorAll<SVGElement>('[aria-label]')) {
    part.dataset.mark = part.getAttribute('aria-label') ?? '';
    part.removeAttribute('aria-label');
  }
  const { width = 0, height = 0, marginLeft = 0, marginRight = 0, marginTop = 0, marginBottom = 0 } = options;
  return {
    svg,
    width,
    left: marginLeft,
    right: width - marginRight,
    top: marginTop,
    bottom: height - marginBottom,
  };
}

/** A time axis over the part of the time that the page shows. */
export function timeScale({ from, to }: TimeView, width: number): NonNullable<Plot.PlotOptions['x']> {
  const axis = timeAxis(from, to, width - MARGINS.marginLeft - MARGINS.marginRight);
  return {
    domain: [from, to],
    ticks: axis.ticks,
    tickFormat: axis.text,
    label: `time since the start (${axis.unit})`,
    labelAnchor: 'center',
    labelArrow: 'none',
  };
}

/** An axis of shares from 0 to `most`. */
export function shareScale(label: string, most = 1): NonNullable<Plot.PlotOptions['y']> {
  const ticks = most > 0.5 ? [0, 0.25, 0.5, 0.75, 1] : undefined;
  return {
    domain: [0, most],
    ...(ticks === undefined ? { nice: true, ticks: 5 } : { ticks: ticks.filter((tick) => tick <= most) }),
    tickFormat: (share: number) => `${Number((share * 100).toPrecision(3))} %`,
    grid: true,
    ...labelled(label),
  };
}

/** The label of a vertical axis is above it, so that it is horizontal. */
export function labelled(label: string): NonNullable<Plot.PlotOptions['y']> {
  return { label, labelAnchor: 'top', labelArrow: 'none' };
}

const SECONDS = { s: 1, min: 60, h: 3600, d: 86_400 } as const;

/** From the largest on. */
const UNITS = ['d', 'h', 'min'] as const;

/** Round distances of ticks. */
const STEPS: readonly (readonly [number, keyof typeof SECONDS])[] = [
  ...[0.001, 0.01, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30].map((count) => [count, 's'] as const),
  ...[1, 2, 5, 10, 15, 30].map((count) => [count, 'min'] as const),
  ...[1, 2, 3, 6, 12].map((count) => [count, 'h'] as const),
  ...[1, 2, 5, 10, 20, 30, 50, 100, 200, 500, 1000].map((count) => [count, 'd'] as const),
];

const PIXELS_PER_TICK = 55;

/** Ticks of an axis, in one unit. */
interface TimeAxis {
  readonly ticks: readonly number[];
  readonly unit: string;
  readonly text: (seconds: number) => string;
}

/** Round ticks for a part of a run on an axis of this width. */
function timeAxis(from: number, to: number, width: number): TimeAxis {
  const most = Math.max(2, width / PIXELS_PER_TICK);
  const [count, stepUnit] =
    STEPS.find(([n, name]) => (to - from) / (n * SECONDS[name]) <= most) ?? STEPS[STEPS.length - 1];
  const distance = count * SECONDS[stepUnit];
  const unit = UNITS.find((name) => to - from >= 3 * SECONDS[name]) ?? 's';
  const perUnit = SECONDS[unit];
  const first = Math.ceil(from / distance);
  const ticks = Array.from(
    { length: Math.floor(to / distance) - first + 1 },
    (_, i) => (first + i) * distance,
  );
  return { ticks, unit, text: (seconds) => String(Number((seconds / perUnit).toPrecision(6))) };
}
