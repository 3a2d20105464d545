import { DAY, MINUTE } from '../../model/index.js';
import type { LoadCurve } from '../trace.js';

const STEP = 5 * MINUTE;

/**
 * A day of load in steps of five minutes, mean 1: a sinusoid whose peak is `peakToMean`, at `peakHour`.
 */
export function dailySinusoid(peakToMean: number, peakHour: number): LoadCurve {
  const values = new Float64Array(DAY / STEP);
  values.forEach((_, i) => {
    values[i] = sinusoidAt(((i + 0.5) * STEP) / DAY, peakToMean, peakHour);
  });
  return { step: STEP, values };
}

/** Load at a time of day (0 to 1) of a sinusoid of mean 1. */
export function sinusoidAt(dayFraction: number, peakToMean: number, peakHour: number): number {
  return 1 + (peakToMean - 1) * Math.cos(2 * Math.PI * (dayFraction - peakHour / 24));
}
