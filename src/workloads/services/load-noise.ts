import { randomNormal } from 'd3-random';
import type { Parameter, ParameterValues } from '../../model/index.js';
import type { Draw } from './service.js';

/** Standard deviation of the noise, relative to the load `of`. */
export function noise(value: number, of: 'the mean load' | 'the load of the hour'): Parameter {
  const about = `Standard deviation of the noise, as a share of ${of}.`;
  return { kind: 'number', name: 'noise', default: value, min: 0, about };
}

/** Correlation of the noise between steps. */
export function noiseMemory(value: number): Parameter {
  const about = 'Correlation of the noise from step to step.';
  return { kind: 'number', name: 'noiseMemory', default: value, min: 0, max: 0.999, about };
}

/** Deviations step by step, first-order autoregressive, from the values of `noise` and `noiseMemory`. */
export function loadNoise(values: ParameterValues, draw: Draw): () => number {
  const normal = randomNormal.source(draw)(0, 1);
  const memory = values.number('noiseMemory');
  const innovation = values.number('noise') * Math.sqrt(1 - memory * memory);
  let deviation = 0;
  return () => {
    deviation = memory * deviation + innovation * normal();
    return deviation;
  };
}
