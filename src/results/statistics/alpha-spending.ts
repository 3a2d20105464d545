/** How a group-sequential test spends its error over its looks (Lan & DeMets, Discrete sequential boundaries, 1983). */
export type Spending = 'obrien-fleming' | 'pocock';

/**
 * The nominal two-sided significance level of each look at accumulating data, so that the probability of a difference at any look is
 * `alpha` if there is none. `fractions` are the shares of all data at the looks: increasing, the last is 1. A t-test at each look uses the
 * same levels (Jennison & Turnbull, Group Sequential Methods, 2000, 11.2).
 */
export function nominalLevels(fractions: readonly number[], alpha: number, spending: Spending): number[] {
  return boundaries(fractions, alpha, spending).map((z) => 2 * upperTail(z));
}

/** The standardized boundary of each look: the test stops if |Z| is larger. */
export function boundaries(fractions: readonly number[], alpha: number, spending: Spending): number[] {
  const found: number[] = [];
  let spent = 0;
  let before: Continuing | undefined;
  for (const fraction of fractions) {
    const toSpend = spentBy(fraction, alpha, spending) - spent;
    spent += toSpend;
    const z = boundaryFor(toSpend, fraction, before);
    found.push(z);
    before = continuing(z, fraction, before);
  }
  return found;
}

/** The part of a two-sided error that is spent when this share of the data is there: half of it on each side. */
function spentBy(fraction: number, alpha: number, spending: Spending): number {
  if (spending === 'pocock') return alpha * Math.log(1 + (Math.E - 1) * fraction);
  return 4 * upperTail(normalQuantile(1 - alpha / 4) / Math.sqrt(fraction));
}

/**
 * The density of the score process S = Z sqrt(fraction) over the tests that went on after a look, at the points of Simpson's rule, times
 * the weights of the rule (Armitage, McPherson & Rowe, Repeated significance tests on accumulating data, 1969).
 */
interface Continuing {
  readonly fraction: number;
  readonly points: readonly number[];
  readonly masses: readonly number[];
}

/** Even number of intervals of the rule. 16 times as many change a boundary by less than 1e-7. */
const INTERVALS = 100;

/** The boundary of a look that spends nearly nothing. Its probability is 1e-23. */
const HIGHEST = 10;

function boundaryFor(toSpend: number, fraction: number, before: Continuing | undefined): number {
  let [low, high] = [0, HIGHEST];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (crossing(middle, fraction, before) > toSpend) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The probability to go on until this look and to be beyond its boundary. */
function crossing(z: number, fraction: number, before: Continuing | undefined): number {
  if (before === undefined) return 2 * upperTail(z);
  const edge = z * Math.sqrt(fraction);
  const step = Math.sqrt(fraction - before.fraction);
  return before.points.reduce((sum, point, i) => {
    const beyond = upperTail((edge - point) / step) + upperTail((edge + point) / step);
    return sum + before.masses[i] * beyond;
  }, 0);
}

function continuing(z: number, fraction: number, before: Continuing | undefined): Continuing {
  const edge = z * Math.sqrt(fraction);
  const width = (2 * edge) / INTERVALS;
  const points = Array.from({ length: INTERVALS + 1 }, (_, i) => -edge + i * width);
  const masses = points.map((point, i) => {
    const weight = i === 0 || i === INTERVALS ? 1 : i % 2 === 1 ? 4 : 2;
    return ((weight * width) / 3) * densityAt(point, fraction, before);
  });
  return { fraction, points, masses };
}

function densityAt(score: number, fraction: number, before: Continuing | undefined): number {
  if (before === undefined) return density(score / Math.sqrt(fraction)) / Math.sqrt(fraction);
  const step = Math.sqrt(fraction - before.fraction);
  return before.points.reduce(
    (sum, point, i) => sum + (before.masses[i] * density((score - point) / step)) / step,
    0,
  );
}

function density(z: number): number {
  return Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
}

/**
 * P(Z > z) of the standard normal distribution. The tables of simple-statistics have four digits, and an early look needs a probability
 * of 1e-6: the series of Abramowitz & Stegun 26.2.11 near 0, the continued fraction 26.2.14 in the tail.
 */
function upperTail(z: number): number {
  if (z < 0) return 1 - upperTail(-z);
  if (z < 3) {
    let term = z;
    let sum = z;
    for (let k = 3; term > 1e-17 * sum; k += 2) {
      term *= (z * z) / k;
      sum += term;
    }
    return 0.5 - density(z) * sum;
  }
  let fraction = z;
  for (let k = 60; k > 0; k--) fraction = z + k / fraction;
  return density(z) / fraction;
}

/** The z with P(Z <= z) = p, for p of at least a half. */
function normalQuantile(p: number): number {
  let [low, high] = [0, HIGHEST];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (upperTail(middle) > 1 - p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
