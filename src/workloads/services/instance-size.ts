import type { Parameter, ParameterValues } from '../../model/index.js';

/**
 * Requested cores of an instance; `of` is the service's word for an instance. The source of each default is given at
 * its use, here and below.
 */
export function cpus(value: number, of: string): Parameter {
  return { kind: 'number', name: 'cpus', default: value, min: 0, about: `Cores per ${of}.` };
}

/** Requested memory of an instance, GiB. */
export function memGiB(value: number, of: string): Parameter {
  return { kind: 'number', name: 'memGiB', default: value, min: 0, about: `Memory per ${of}, GiB.` };
}

/** Used share of the requested cores, constant or at mean load. */
export function cpuUsed(value: number, when?: 'at mean load'): Parameter {
  const about = ['Share of the CPU demand used', when].filter((part) => part !== undefined).join(' ');
  return { kind: 'number', name: 'cpuUsed', default: value, min: 0, max: 1, about: `${about}.` };
}

/** Used share of the requested memory. */
export function memUsed(value: number): Parameter {
  const about = 'Share of the memory demand used.';
  return { kind: 'number', name: 'memUsed', default: value, min: 0, max: 1, about };
}

/** Requested cores and MiB, from the values of `cpus` and `memGiB`. */
export function sizeOf(values: ParameterValues): Record<string, number> {
  return { cpus: values.number('cpus'), mem: values.number('memGiB') * 1024 };
}

/** Used shares, from the values of `cpuUsed` and `memUsed`. */
export function usedOf(values: ParameterValues): Record<string, number> {
  return { cpus: values.number('cpuUsed'), mem: values.number('memUsed') };
}
