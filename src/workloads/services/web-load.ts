import { randomExponential } from 'd3-random';
import { DAY, MINUTE, type Micros, type ParameterValues } from '../../model/index.js';
import { sinusoidAt } from './load-curves.js';
import { loadNoise } from './load-noise.js';
import type { Draw, ServiceContext } from './service.js';

/** The load of web applications is another after each step of this length. */
export const WEB_STEP: Micros = 5 * MINUTE;

/** The load of one application in each step of the run, as the number of instances that it is meant for: a base, a wave, noise and spikes. */
export function webLoad(
  application: number,
  values: ParameterValues,
  context: Pick<ServiceContext, 'horizon' | 'stream'>,
): Float64Array {
  const deviation = loadNoise(values, context.stream(`web/${application}`));
  const spikes = spikeSteps(values, context.horizon, context.stream(`web/${application}/spikes`));
  const load = new Float64Array(Math.ceil(context.horizon / WEB_STEP));
  for (let step = 0; step < load.length; step++) {
    const wave = sinusoidAt((step * WEB_STEP) / DAY, values.number('peakToMean'), values.number('peakHour'));
    const spike = spikes.has(step) ? values.number('spikeFactor') : 1;
    load[step] = values.number('instances') * Math.max(0, wave + deviation()) * spike;
  }
  return load;
}

function spikeSteps(values: ParameterValues, horizon: Micros, draw: Draw): ReadonlySet<number> {
  const steps = new Set<number>();
  const perDay = values.number('spikesPerDay');
  if (perDay === 0) return steps;
  const gap = randomExponential.source(draw)(perDay / DAY);
  const length = randomExponential.source(draw)(1 / values.number('spikeLength'));
  for (let time = gap(); time < horizon; time += gap()) {
    const last = Math.floor(Math.min(time + length(), horizon) / WEB_STEP);
    for (let step = Math.floor(time / WEB_STEP); step <= last; step++) steps.add(step);
  }
  return steps;
}
