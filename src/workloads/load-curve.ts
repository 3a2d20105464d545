import type { Micros } from '../model/index.js';

/**
 * Usage of a service over time. `values[i]` scales it from `i * step` to `(i + 1) * step`; then the curve repeats. CPU
 * and network follow the load; memory and disk do not.
 */
export interface LoadCurve {
  readonly step: Micros;
  readonly values: Float64Array;
}

/** A curve with one value, which is overwritten during the run. */
export function writtenCurve(): LoadCurve {
  return { step: Number.POSITIVE_INFINITY, values: Float64Array.of(0) };
}

/** The value of a curve at time `now`. */
export function curveValue({ step, values }: LoadCurve, now: Micros): number {
  return values[Math.floor(now / step) % values.length];
}
