import type { Micros, Parameter } from '../../model/index.js';

/** Share of its instances that a service needs; `of` is the service's word for them. */
export function minimum(value: number, of: 'instances' | 'nodes'): Parameter {
  const about = `The service is down when less than this share of its ${of} serve.`;
  return { kind: 'number', name: 'minimum', default: value, min: 0, max: 1, about };
}

/** Startup time of an instance; `until` describes its end. */
export function startup(value: Micros, until: 'it serves' | 'it resumes reading' = 'it serves'): Parameter {
  return {
    kind: 'duration',
    name: 'startup',
    default: value,
    about: `Time from the start of an instance until ${until}.`,
  };
}

/** Copies of each piece of data. */
export function replicas(value: number): Parameter {
  const about = 'Copies of each piece of data, each on another instance.';
  return { kind: 'number', name: 'replicas', default: value, min: 1, integer: true, about };
}
