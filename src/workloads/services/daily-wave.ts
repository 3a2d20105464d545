import type { Parameter, ParameterValues } from '../../model/index.js';
import { dailySinusoid } from './load-curves.js';
import type { ServiceContext } from './service.js';

/** How high a wave goes; at most 2, where its trough is at 0. */
export function peakToMean(value: number): Parameter {
  const about = 'Peak of the daily load over its mean.';
  return { kind: 'number', name: 'peakToMean', default: value, min: 1, max: 2, about };
}

/** When a wave is at its highest. */
export function peakHour(value: number): Parameter {
  const about = 'Hour of the day of the peak.';
  return { kind: 'number', name: 'peakHour', default: value, min: 0, max: 24, about };
}

/** The curve of a wave, from the values of `peakToMean` and `peakHour`. */
export function dailyWave(values: ParameterValues, context: Pick<ServiceContext, 'addCurve'>): number {
  return context.addCurve(dailySinusoid(values.number('peakToMean'), values.number('peakHour')));
}
