import { parseDuration, toSeconds } from '../../model/index.js';
import type { SweepAxis } from './sweep-data.js';

/** Up to this number, each value of an axis is drawn for itself. */
const MOST_LEVELS = 24;
/** More values are taken together in this many classes. */
const CLASSES = 12;

/** An axis, and the level of each point on it; -1 where the axis does not apply. */
export interface PlacedAxis {
  readonly axis: SweepAxis;
  readonly levelOf: readonly number[];
}

/** An axis with these values at the points; empty where it does not apply. */
export function placedAxis(name: string, texts: readonly string[]): PlacedAxis {
  const inOrder = [...new Set(texts)].filter((text) => text !== '');
  const amounts = amountsOf(inOrder);
  const number = (text: string) => amounts?.of.get(text) ?? 0;
  const levels = amounts === undefined ? inOrder : inOrder.toSorted((a, b) => number(a) - number(b));
  const numbers = amounts === undefined ? null : levels.map(number);
  const places = new Map(levels.map((level, i) => [level, i]));
  const levelOf = texts.map((text) => places.get(text) ?? -1);
  const classOf = classesOf(levels.length, levelOf);
  const members = Array.from({ length: (classOf.at(-1) ?? -1) + 1 }, (_, one) =>
    levels.flatMap((_level, i) => (classOf[i] === one ? [i] : [])),
  );
  return {
    axis: {
      name,
      levels,
      numbers,
      unit: amounts?.unit ?? '',
      classes: members.map((own) =>
        own.length === 1 ? levels[own[0]] : `${levels[own[0]]} to ${levels[own[own.length - 1]]}`,
      ),
      classOf,
      places:
        numbers === null
          ? null
          : members.map((own) => own.reduce((sum, i) => sum + numbers[i], 0) / own.length),
    },
    levelOf,
  };
}

/** Numbers by text, and their unit. */
interface Amounts {
  readonly of: ReadonlyMap<string, number>;
  readonly unit: string;
}

/** Numbers with one unit such as `64GiB` or `40x16cpu`, or durations; undefined for other texts. */
function amountsOf(texts: readonly string[]): Amounts | undefined {
  const parts = texts.map((text) => /^(-?\d+(?:\.\d+)?)(.*)$/.exec(text));
  const [unit] = parts.map((part) => part?.[2]);
  if (unit !== undefined && parts.every((part) => part?.[2] === unit))
    return { of: new Map(texts.map((text, i) => [text, Number(parts[i]?.[1])])), unit };
  const durations = texts.map((text) => parseDuration(text));
  const seconds = durations.map((time) => (time === undefined ? Number.NaN : toSeconds(time)));
  if (!seconds.every(Number.isFinite)) return undefined;
  return { of: new Map(texts.map((text, i) => [text, seconds[i]])), unit: 's' };
}

/** The class of each level: itself if there are few, otherwise classes with about as many points each. */
function classesOf(levels: number, levelOf: readonly number[]): number[] {
  const each = Array.from({ length: levels }, (_, level) => level);
  if (levels <= MOST_LEVELS) return each;
  const counts = new Array<number>(levels).fill(0);
  for (const level of levelOf) if (level >= 0) counts[level]++;
  const total = counts.reduce((sum, count) => sum + count, 0);
  let before = 0;
  return each.map((level) => {
    const middle = before + counts[level] / 2;
    before += counts[level];
    return Math.min(CLASSES - 1, Math.floor((middle / total) * CLASSES));
  });
}
