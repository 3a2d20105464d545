import { z } from 'zod';
import { InputError, parseDuration } from '../../model/index.js';
import { RandomStreams } from '../../sim/random-streams.js';
import type { GridPoint } from './grid.js';

/** The library of Sobol points has 20 bits of precision for each number. */
const MOST_POINTS = 1 << 16;

const limit = z.union([z.number(), z.string()]).transform(String);

/** `sample` of a sweep file: points in a space of many parameters, instead of all combinations. */
export const samplingSchema = z.strictObject({
  method: z
    .enum(['sobol', 'latin-hypercube'])
    .describe(
      'sobol: a low-discrepancy sequence; latin-hypercube: one point in each of N slices of each axis',
    ),
  points: z.number().int().min(1).max(MOST_POINTS).describe('number of points'),
  seed: z
    .union([z.string(), z.number()])
    .transform(String)
    .default('1')
    .describe('seed of the Latin hypercube; the Sobol sequence has none [1]'),
  axes: z
    .record(
      z.string(),
      z.strictObject({
        from: limit.describe('least value, with a unit if the parameter has one'),
        to: limit.describe('largest value, in the same unit'),
        scale: z
          .enum(['linear', 'log'])
          .default('linear')
          .describe('log: equal ratios are equally likely [linear]'),
        whole: z.boolean().default(false).describe('round to whole numbers [false]'),
      }),
    )
    .refine((ranges) => Object.keys(ranges).length > 0, 'has no axis, expected at least one')
    .describe('a range for each parameter, by its name in --set, or by the key of a scenario'),
});

/** `sample` of a sweep file, read. */
export type Sampling = z.output<typeof samplingSchema>;
type SampledRange = Sampling['axes'][string];

/** The sampled points: text for each axis, as a person would write it. @throws InputError for a range that is none. */
export async function samplePoints({ method, points, seed, axes }: Sampling): Promise<GridPoint[]> {
  const ranges = Object.entries(axes).map(([name, range]) => ({ name, ...readRange(name, range) }));
  const unit =
    method === 'sobol'
      ? await sobolPoints(ranges.length, points)
      : latinHypercube(ranges.length, points, new RandomStreams(seed).stream('sample'));
  return unit.map((place) => new Map(ranges.map(({ name, at }, axis) => [name, at(place[axis])])));
}

/** Points of the Sobol sequence in the unit cube. The first, at the origin, is left out: it would be the least value of every axis. */
export async function sobolPoints(dims: number, points: number): Promise<number[][]> {
  const { SobolSequenceGenerator } = (await import('sobol')).default;
  const sequence = new SobolSequenceGenerator(dims);
  sequence.nextVector();
  return Array.from({ length: points }, () => sequence.nextVector());
}

/**
 * A Latin hypercube in the unit cube: on each axis, each of `points` slices has one point, at a uniform place in it (McKay, Beckman and
 * Conover, Technometrics 21, 1979).
 */
export function latinHypercube(dims: number, points: number, random: () => number): number[][] {
  const slices = Array.from({ length: dims }, () => shuffled(points, random));
  return Array.from({ length: points }, (_, i) => slices.map((slice) => (slice[i] + random()) / points));
}

function shuffled(count: number, random: () => number): number[] {
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

/** A number with the unit of its parameter: `90`, `1.5h`, `64GiB`, `20%`. */
const AMOUNT = /^(-?\d+(?:\.\d+)?)\s*([A-Za-z%]*)$/;

const DIGITS = 6;

function readRange(
  name: string,
  { from, to, scale, whole }: SampledRange,
): { at: (share: number) => string } {
  const field = `sample.axes.${name}`;
  const place = { field, path: ['sample', 'axes', name] };
  const [low, high] = [AMOUNT.exec(from), AMOUNT.exec(to)];
  if (low === null || high === null)
    throw InputError.expected(
      place,
      low === null ? from : to,
      'a number with or without a unit, such as 10s',
    );
  const isDuration = parseDuration(from) !== undefined && parseDuration(to) !== undefined;
  const isSameUnit = low[2] === high[2];
  if (!isSameUnit && !isDuration)
    throw InputError.expected(place, `${from} to ${to}`, 'one unit for both limits');
  const [least, most] = isSameUnit ? [Number(low[1]), Number(high[1])] : [seconds(from), seconds(to)];
  const unit = isSameUnit ? low[2] : 's';
  if (!(least < most))
    throw InputError.expected(place, `${from} to ${to}`, 'a lower limit below the upper limit');
  if (scale === 'log' && least <= 0)
    throw InputError.expected(place, from, 'a lower limit above 0 for a log scale');
  return {
    at: (share) => {
      const value = scale === 'log' ? least * (most / least) ** share : least + (most - least) * share;
      // A whole number gets an equal share of the range, also at its ends.
      const rounded = whole
        ? Math.min(most, Math.floor(least + (most - least + 1) * share))
        : Number(value.toPrecision(DIGITS));
      return `${rounded}${unit}`;
    },
  };
}

function seconds(text: string): number {
  return (parseDuration(text) as number) / 1e6;
}
