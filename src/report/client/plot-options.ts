import type { PlotOptions } from '@observablehq/plot';

const MARGINS = { marginTop: 26, marginRight: 12, marginBottom: 36, marginLeft: 48 };

/** Common options of all plots. */
export function plotOptions(label: string, width: number, height: number): PlotOptions {
  return {
    ...MARGINS,
    width,
    height,
    ariaLabel: label,
    className: 'chart',
    style: { background: 'none', fontFamily: 'inherit', fontSize: '11px' },
  };
}

/** A time axis from the start of the run. */
export function timeScale(length: number, width: number): NonNullable<PlotOptions['x']> {
  const axis = timeAxis(length, width - MARGINS.marginLeft - MARGINS.marginRight);
  return {
    domain: [0, length],
    ticks: axis.ticks,
    tickFormat: axis.text,
    label: `time since the start (${axis.unit})`,
    labelAnchor: 'center',
    labelArrow: 'none',
  };
}

/** An axis from 0 to 100 % of the capacity. */
export function shareScale(label: string): NonNullable<PlotOptions['y']> {
  return {
    domain: [0, 1],
    ticks: [0, 0.25, 0.5, 0.75, 1],
    tickFormat: (share: number) => `${share * 100} %`,
    grid: true,
    ...labelled(label),
  };
}

/** The label of a vertical axis is above it, so that it is horizontal. */
export function labelled(label: string): NonNullable<PlotOptions['y']> {
  return { label, labelAnchor: 'top', labelArrow: 'none' };
}

const SECONDS = { s: 1, min: 60, h: 3600, d: 86_400 } as const;

/** Round distances of ticks. */
const STEPS: readonly (readonly [number, keyof typeof SECONDS])[] = [
  ...[0.001, 0.01, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30].map((count) => [count, 's'] as const),
  ...[1, 2, 5, 10, 15, 30].map((count) => [count, 'min'] as const),
  ...[1, 2, 3, 6, 12].map((count) => [count, 'h'] as const),
  ...[1, 2, 5, 10, 20, 30, 50, 100, 200, 500, 1000].map((count) => [count, 'd'] as const),
];

const PIXELS_PER_TICK = 55;

/** Ticks of an axis from 0 to this number of seconds. */
export interface TimeAxis {
  readonly ticks: readonly number[];
  readonly unit: string;
  readonly text: (seconds: number) => string;
}

/** Round ticks for a run of this length on an axis of this width. */
function timeAxis(length: number, width: number): TimeAxis {
  const most = Math.max(2, width / PIXELS_PER_TICK);
  const [count, unit] =
    STEPS.find(([n, name]) => length / (n * SECONDS[name]) <= most) ?? STEPS[STEPS.length - 1];
  const perUnit = SECONDS[unit];
  const ticks = Array.from(
    { length: Math.floor(length / (count * perUnit)) + 1 },
    (_, i) => i * count * perUnit,
  );
  return { ticks, unit, text: (seconds) => String(Number((seconds / perUnit).toPrecision(6))) };
}
