import type { Parameter, ParameterValues } from '../../model/index.js';

/** Cores that an instance asks for; `of` is what the service calls one. Like all that follow, its source stands where its default is given. */
export function cpus(value: number, of: string): Parameter {
  return { kind: 'number', name: 'cpus', default: value, min: 0, about: `Cores per ${of}.` };
}

/** Memory that an instance asks for, GiB. */
export function memGiB(value: number, of: string): Parameter {
  return { kind: 'number', name: 'memGiB', default: value, min: 0, about: `Memory per ${of}, GiB.` };
}

/** Share of its cores that an instance uses, always or when the load is at its mean. */
export function cpuUsed(value: number, when?: 'at mean load'): Parameter {
  const about = ['Share of the CPU demand used', when].filter((part) => part !== undefined).join(' ');
  return { kind: 'number', name: 'cpuUsed', default: value, min: 0, max: 1, about: `${about}.` };
}

/** Share of its memory that an instance uses. */
export function memUsed(value: number): Parameter {
  const about = 'Share of the memory demand used.';
  return { kind: 'number', name: 'memUsed', default: value, min: 0, max: 1, about };
}

/** Cores and MiB that an instance asks for, from the values of `cpus` and `memGiB`. */
export function sizeOf(values: ParameterValues): Record<string, number> {
  return { cpus: values.number('cpus'), mem: values.number('memGiB') * 1024 };
}

/** Shares of its size that are used, from the values of `cpuUsed` and `memUsed`. */
export function usedOf(values: ParameterValues): Record<string, number> {
  return { cpus: values.number('cpuUsed'), mem: values.number('memUsed') };
}
