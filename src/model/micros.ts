/**
 * Time in the whole project: whole microseconds in a JS number (exact for 285 years). The model has no clock; callers
 * pass times.
 */
export type Micros = number;

export const MICROS_PER_SECOND = 1_000_000;
export const MINUTE: Micros = 60 * MICROS_PER_SECOND;
export const HOUR: Micros = 60 * MINUTE;
export const DAY: Micros = 24 * HOUR;

/** Later than every event: the end of a run without a horizon, the estimate of a task that never ends. */
export const FOREVER: Micros = Number.POSITIVE_INFINITY;

/** Is it a whole number of microseconds, or FOREVER? A policy in JavaScript may pass anything as a time. */
export function isMicros(time: unknown): time is Micros {
  return Number.isSafeInteger(time) || time === FOREVER;
}

/** Is it such a time, and not before `earliest`? */
export function isMicrosFrom(earliest: Micros, time: unknown): time is Micros {
  return isMicros(time) && time >= earliest;
}

/** The latest exact time: 2^53 - 1 microseconds, about 285 years. Beyond it, a microsecond more may be the same number. */
export const LATEST_TIME: Micros = Number.MAX_SAFE_INTEGER;

/** `seconds` rounded to whole microseconds. */
export function fromSeconds(seconds: number): Micros {
  return Math.round(seconds * MICROS_PER_SECOND);
}

/** Time in seconds; exact if it is a whole number of seconds. */
export function toSeconds(time: Micros): number {
  return time / MICROS_PER_SECOND;
}

/** Seconds as decimal text without rounding: `337334`, `0.000001`. Never with an exponent. Empty for FOREVER. */
export function secondsText(time: Micros): string {
  if (!Number.isFinite(time)) return '';
  const magnitude = Math.abs(time);
  const whole = Math.floor(magnitude / MICROS_PER_SECOND);
  const rest = magnitude - whole * MICROS_PER_SECOND;
  const sign = time < 0 ? '-' : '';
  if (rest === 0) return `${sign}${whole}`;
  return `${sign}${whole}.${String(rest).padStart(6, '0').replace(/0+$/, '')}`;
}

const UNITS: Readonly<Record<string, number>> = {
  us: 1,
  ms: 1_000,
  s: MICROS_PER_SECOND,
  m: MINUTE,
  min: MINUTE,
  h: HOUR,
  d: DAY,
  w: 7 * DAY,
};

/** The syntax of `parseDuration`, for messages. */
export const DURATION_FORM =
  'a duration such as 90, 15m, 1h30m or 1d (units us, ms, s, m, h, d, w; at most 285 years)';

/**
 * Parses `90` (seconds), `15m`, `1h30m`, `1d`, `never`.
 * Returns undefined for other texts, also for negative durations and
 * for those of more than 285 years.
 */
export function parseDuration(text: string): Micros | undefined {
  const trimmed = text.trim();
  if (trimmed === 'never' || trimmed === 'forever') return FOREVER;
  const time = sumOfParts(trimmed);
  return time === undefined || time > LATEST_TIME ? undefined : time;
}

function sumOfParts(trimmed: string): Micros | undefined {
  if (/^\d+(\.\d+)?$/.test(trimmed)) return fromSeconds(Number(trimmed));
  if (!/^(\d+(\.\d+)?(us|ms|min|[smhdw]))+$/.test(trimmed)) return undefined;
  let total = 0;
  for (const [, amount, unit] of trimmed.matchAll(/(\d+(?:\.\d+)?)(us|ms|min|[smhdw])/g)) {
    total += Number(amount) * UNITS[unit as string];
  }
  return Math.round(total);
}

const EXACT_UNITS: readonly (readonly [string, Micros])[] = [
  ['d', DAY],
  ['h', HOUR],
  ['m', MINUTE],
  ['s', MICROS_PER_SECOND],
  ['ms', 1_000],
];

/** Text that `parseDuration` parses back exactly: `90m`, `5s`, `123456us`, `never`. */
export function exactDurationText(time: Micros): string {
  if (!Number.isFinite(time)) return 'never';
  if (time === 0) return '0s';
  for (const [unit, size] of EXACT_UNITS) if (time % size === 0) return `${time / size}${unit}`;
  return `${time}us`;
}

/** Readable text with at most two units: `2d 3h`, `4m 5s`, `350 ms`. */
export function durationText(time: Micros): string {
  if (!Number.isFinite(time)) return 'for ever';
  if (time < 0) return `-${durationText(-time)}`;
  if (time < MICROS_PER_SECOND) return time === 0 ? '0 s' : `${trimNumber(time / 1_000)} ms`;
  if (time < MINUTE) return `${trimNumber(time / MICROS_PER_SECOND)} s`;
  const steps: readonly (readonly [Micros, string, Micros, string])[] = [
    [DAY, 'd', HOUR, 'h'],
    [HOUR, 'h', MINUTE, 'm'],
    [MINUTE, 'm', MICROS_PER_SECOND, 's'],
  ];
  for (const [big, bigName, small, smallName] of steps) {
    if (time < big) continue;
    let bigCount = Math.floor(time / big);
    let smallCount = Math.round((time - bigCount * big) / small);
    if (smallCount * small === big) {
      bigCount += 1;
      smallCount = 0;
    }
    return smallCount === 0 ? `${bigCount}${bigName}` : `${bigCount}${bigName} ${smallCount}${smallName}`;
  }
  return `${time} us`;
}

/** Three significant digits without trailing zeros. */
function trimNumber(value: number): string {
  return String(Number(value.toPrecision(3)));
}
