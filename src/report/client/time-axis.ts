const SECONDS = { s: 1, min: 60, h: 3600, d: 86_400 } as const;

/** Distances of ticks that people read at a glance. */
const STEPS: readonly (readonly [number, keyof typeof SECONDS])[] = [
  ...[0.001, 0.01, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30].map((count) => [count, 's'] as const),
  ...[1, 2, 5, 10, 15, 30].map((count) => [count, 'min'] as const),
  ...[1, 2, 3, 6, 12].map((count) => [count, 'h'] as const),
  ...[1, 2, 5, 10, 20, 30, 50, 100, 200, 500, 1000].map((count) => [count, 'd'] as const),
];

const PIXELS_PER_TICK = 55;

/** Ticks of an axis that begins at 0 and is so many seconds long. */
export interface TimeAxis {
  readonly ticks: readonly number[];
  readonly unit: string;
  readonly text: (seconds: number) => string;
}

/** Round ticks for a run of this length on an axis of this width. */
export function timeAxis(length: number, width: number): TimeAxis {
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
