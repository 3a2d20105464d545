import type { Micros, Parameter } from '../../model/index.js';

/** Share of its instances that a service needs; `of` is what it calls them. */
export function minimum(value: number, of: 'instances' | 'nodes'): Parameter {
  const about = `Share of the ${of} below which it is down.`;
  return { kind: 'number', name: 'minimum', default: value, min: 0, max: 1, about };
}

/** How long an instance starts; `until` is what it then does. */
export function startup(value: Micros, until: 'it serves' | 'it reads on' = 'it serves'): Parameter {
  return { kind: 'duration', name: 'startup', default: value, about: `From a start until ${until}.` };
}

/** Copies of each piece of data. */
export function replicas(value: number): Parameter {
  const about = 'Copies of each piece of data, each on another instance.';
  return { kind: 'number', name: 'replicas', default: value, min: 1, integer: true, about };
}
