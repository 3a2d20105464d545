import type { Micros } from '../model/index.js';

/**
 * How the usage of a service moves over time: `values[i]` scales it from `i * step` to `(i + 1) * step`, then again from the
 * start. CPU and network follow the load; memory and disk do not.
 */
export interface LoadCurve {
  readonly step: Micros;
  readonly values: Float64Array;
}

/** A curve with one value, which is written while the run goes on. */
export function writtenCurve(): LoadCurve {
  return { step: Number.POSITIVE_INFINITY, values: Float64Array.of(0) };
}

/** The value of a curve at a time. */
export function curveValue({ step, values }: LoadCurve, now: Micros): number {
  return values[Math.floor(now / step) % values.length];
}
