import {
  randomExponential,
  randomGamma,
  randomLogNormal,
  randomNormal,
  randomUniform,
  randomWeibull,
} from 'd3-random';
import { type Micros, parseDuration } from '../../model/index.js';
import type { RandomStream } from '../random-streams.js';

/**
 * A probability distribution of durations.
 * - exponential: mean.
 * - weibull: shape and scale.
 * - lognormal: median (exp of mu) and sigma.
 * - uniform: minimum and maximum.
 * - fixed: constant.
 */
export type Law =
  | { readonly kind: 'exponential'; readonly mean: Micros }
  | { readonly kind: 'weibull'; readonly shape: number; readonly scale: Micros }
  | { readonly kind: 'lognormal'; readonly median: Micros; readonly sigma: number }
  | { readonly kind: 'uniform'; readonly least: Micros; readonly most: Micros }
  | { readonly kind: 'fixed'; readonly length: Micros };

/** The syntax of `parseLaw`, for messages. */
export const LAW_FORM =
  'exponential(MEAN), weibull(SHAPE,SCALE), lognormal(MEDIAN,SIGMA), uniform(LEAST,MOST) or fixed(LENGTH), with lengths such as 1780h';

const LAW = /^(\w+)\(([^,()]+)(?:,([^,()]+))?\)$/;

/** Parses text such as `weibull(0.48,816.6h)`. Returns undefined for other text, or when a length or a shape is not above 0. */
export function parseLaw(text: string): Law | undefined {
  const [, kind, first, second] = LAW.exec(text.replaceAll(' ', '')) ?? [];
  if (kind === undefined) return undefined;
  if (second === undefined) {
    const length = lengthOf(first);
    if (length === undefined) return undefined;
    if (kind === 'exponential') return { kind, mean: length };
    return kind === 'fixed' ? { kind, length } : undefined;
  }
  return lawOfTwo(kind, first, second);
}

function lawOfTwo(kind: string, first: string, second: string): Law | undefined {
  if (kind === 'weibull') {
    const [shape, scale] = [positive(first), lengthOf(second)];
    return shape === undefined || scale === undefined ? undefined : { kind, shape, scale };
  }
  if (kind === 'lognormal') {
    const [median, sigma] = [lengthOf(first), positive(second)];
    return median === undefined || sigma === undefined ? undefined : { kind, median, sigma };
  }
  if (kind !== 'uniform') return undefined;
  const [least, most] = [lengthOf(first), lengthOf(second)];
  return least === undefined || most === undefined || least > most ? undefined : { kind, least, most };
}

function lengthOf(text: string): Micros | undefined {
  const length = parseDuration(text);
  return length !== undefined && length > 0 && Number.isFinite(length) ? length : undefined;
}

function positive(text: string): number | undefined {
  const value = Number(text);
  return value > 0 && Number.isFinite(value) ? value : undefined;
}

/** Returns a function that draws durations in Micros, not rounded. */
export function drawer(law: Law, random: RandomStream): () => number {
  switch (law.kind) {
    case 'exponential':
      return randomExponential.source(random)(1 / law.mean);
    case 'weibull':
      // The arguments of d3 are (k, a, b), where a is the location.
      return randomWeibull.source(random)(law.shape, 0, law.scale);
    case 'lognormal':
      return randomLogNormal.source(random)(Math.log(law.median), law.sigma);
    case 'uniform':
      return randomUniform.source(random)(law.least, law.most);
    case 'fixed':
      return () => law.length;
  }
}

/**
 * Draws the residual lifetime: length-biased sampling of an interval, cut at a uniform position (the equilibrium
 * distribution of renewal theory; Cox, "Renewal Theory", 1962, section 5.4). A run begins with machines of all ages.
 * With new machines only, a distribution with decreasing hazard would cause far too many failures at first.
 */
export function drawRemainder(law: Law, random: RandomStream): number {
  return drawByLength(law, random) * random();
}

/** Length-biased sampling: the density is x f(x) / mean. */
function drawByLength(law: Law, random: RandomStream): number {
  switch (law.kind) {
    case 'exponential':
      return randomGamma.source(random)(2, law.mean)();
    case 'weibull':
      // (x / scale)^shape of the drawn x is Gamma(1 + 1/shape).
      return law.scale * randomGamma.source(random)(1 + 1 / law.shape)() ** (1 / law.shape);
    case 'lognormal':
      return law.median * Math.exp(law.sigma ** 2 + law.sigma * randomNormal.source(random)()());
    case 'uniform':
      return Math.sqrt(law.least ** 2 + random() * (law.most ** 2 - law.least ** 2));
    case 'fixed':
      return law.length;
  }
}

/** A time span in which something is down. */
export interface Interval {
  readonly start: Micros;
  readonly end: Micros;
}

/** Distributions of the times between failures and of the repair times. */
export interface Renewal {
  readonly uptime: Law;
  readonly repair: Law;
}

/**
 * The down times of an alternating renewal process from 0 to the horizon. The process is up at first. The first uptime
 * is a residual lifetime, because it began before the run. All uptimes are multiplied by `slower`.
 */
export function* downtimes(
  { uptime, repair }: Renewal,
  random: RandomStream,
  horizon: Micros,
  slower = 1,
): Iterable<Interval> {
  const up = drawer(uptime, random);
  const down = drawer(repair, random);
  let start = Math.round(drawRemainder(uptime, random) * slower);
  while (start < horizon) {
    const end = start + Math.max(1, Math.round(down()));
    yield { start, end };
    start = end + Math.max(1, Math.round(up() * slower));
  }
}
