import type * as Plot from '@observablehq/plot';

/** What a logarithmic axis shows: times in seconds, or ratios. */
export type AxisUnit = 's' | 'ratio';

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

const RATIOS = Array.from({ length: 13 }, (_, i): readonly [number, string] => [
  10 ** (i - 2),
  (10 ** (i - 2)).toLocaleString('en-US'),
]);

/** Pixels between ticks. */
const LEAST_DISTANCE = 42;

/** The last round value at or below a value. */
export function roundBelow(value: number, unit: AxisUnit): number {
  const ticks = ticksOf(unit);
  return ticks.map(([tick]) => tick).findLast((tick) => tick <= value) ?? ticks[0][0];
}

/** An axis over decimal logarithms. Plot's logarithmic scale labels only powers of ten, and minutes and hours are none. */
export function logAxis(
  [first, last]: readonly [number, number],
  unit: AxisUnit,
  pixels: number,
): Pick<NonNullable<Plot.PlotOptions['x']>, 'domain' | 'ticks' | 'tickFormat'> {
  const fitting = ticksOf(unit).filter(([tick]) => Math.log10(tick) >= first && Math.log10(tick) <= last);
  const perDecade = pixels / (last - first);
  const shown: (readonly [number, string])[] = [];
  for (const tick of fitting) {
    const before = shown.at(-1);
    if (before !== undefined && Math.log10(tick[0] / before[0]) * perDecade < LEAST_DISTANCE) continue;
    shown.push(tick);
  }
  return {
    domain: [first, last],
    ticks: shown.map(([tick]) => Math.log10(tick)),
    tickFormat: (_, i) => shown[i][1],
  };
}

function ticksOf(unit: AxisUnit): readonly (readonly [number, string])[] {
  return unit === 's' ? TIMES : RATIOS;
}
