import type { Micros } from '../model/index.js';
import type { LoadCurve } from './trace.js';

/** A curve with one value, which is written while the run goes on. */
export function writtenCurve(): LoadCurve {
  return { step: Number.POSITIVE_INFINITY, values: Float64Array.of(0) };
}

/** The value of a curve at a time. */
export function curveValue({ step, values }: LoadCurve, now: Micros): number {
  return values[Math.floor(now / step) % values.length];
}
