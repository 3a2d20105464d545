import type { Parameter, ParameterValues } from '../../model/index.js';
import { dailySinusoid } from './load-curves.js';
import type { ServiceContext } from './service.js';

/** Peak of a wave relative to its mean; at most 2, where its trough is 0. */
export function peakToMean(value: number): Parameter {
  const about = 'Ratio of the peak of the daily load to its mean.';
  return { kind: 'number', name: 'peakToMean', default: value, min: 1, max: 2, about };
}

/** Time of the peak of a wave. */
export function peakHour(value: number): Parameter {
  const about = 'Hour of the day of the peak.';
  return { kind: 'number', name: 'peakHour', default: value, min: 0, max: 24, about };
}

/** The load curve from the values of `peakToMean` and `peakHour`. */
export function dailyWave(values: ParameterValues, context: Pick<ServiceContext, 'addCurve'>): number {
  return context.addCurve(dailySinusoid(values.number('peakToMean'), values.number('peakHour')));
}
