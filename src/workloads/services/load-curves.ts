import { DAY, MINUTE } from '../../model/index.js';
import type { LoadCurve } from '../trace.js';

const STEP = 5 * MINUTE;

/** A day of load in steps of five minutes with mean 1: a sinusoid with peak `peakToMean` at `peakHour`. */
export function dailySinusoid(peakToMean: number, peakHour: number): LoadCurve {
  const values = new Float64Array(DAY / STEP);
  values.forEach((_, i) => {
    values[i] = sinusoidAt(((i + 0.5) * STEP) / DAY, peakToMean, peakHour);
  });
  return { step: STEP, values };
}

/** Load of a sinusoid of mean 1 at a time of day (0 to 1). */
export function sinusoidAt(dayFraction: number, peakToMean: number, peakHour: number): number {
  return 1 + (peakToMean - 1) * Math.cos(2 * Math.PI * (dayFraction - peakHour / 24));
}

/**
 * A day of load in `steps` steps with mean 1 and peak `peakToMean` (1 or more) at `peakHour`. Its shape is a von Mises
 * density, exp(k cos). This is the maximum-entropy density for its concentration, is never below 0, and is close to a
 * sinusoid for small ratios. A sinusoid cannot have a peak above twice its mean.
 */
export function dailyPeak(peakToMean: number, peakHour: number, steps: number): Float64Array {
  const concentration = concentrationOf(peakToMean, steps);
  const depths = depthsBelowPeak(peakHour / 24, steps);
  const mean = meanOf(depths, concentration);
  return depths.map((depth) => Math.exp(concentration * depth) / mean);
}

/** The k at which 1 / mean of exp(k (cos - 1)) equals the ratio. Bisection works because the ratio grows with k. */
function concentrationOf(peakToMean: number, steps: number): number {
  const depths = depthsBelowPeak(0.5 / steps, steps);
  const ratio = (k: number) => 1 / meanOf(depths, k);
  let low = 0;
  let high = 1;
  while (ratio(high) < peakToMean) high *= 2;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (ratio(middle) < peakToMean) low = middle;
    else high = middle;
  }
  return high;
}

/** cos - 1 at the middle of each step; 0 at the peak. */
function depthsBelowPeak(peak: number, steps: number): Float64Array {
  return Float64Array.from(
    { length: steps },
    (_, i) => Math.cos(2 * Math.PI * ((i + 0.5) / steps - peak)) - 1,
  );
}

/** The mean of exp(k depth). The search asks for it at sixty values of k, for every service of every run: so it allocates nothing. */
function meanOf(depths: Float64Array, k: number): number {
  let sum = 0;
  for (let i = 0; i < depths.length; i++) sum += Math.exp(k * depths[i]);
  return sum / depths.length;
}

/**
 * A draw from a Pareto distribution with tail index `alpha`, bounded to [low, high]. This is the usual model of job
 * sizes. Its mean exists for every alpha (Harchol-Balter, "Performance Modeling and Design of Computer Systems",
 * chapter 20).
 */
export function boundedPareto(u: number, alpha: number, low: number, high: number): number {
  if (low === high) return low;
  const ratio = (low / high) ** alpha;
  return low / (1 - u * (1 - ratio)) ** (1 / alpha);
}
