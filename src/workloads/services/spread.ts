import { MACHINE_ATTRIBUTE, type Parameter, type ParameterValues } from '../../model/index.js';
import type { ServiceContext } from './service.js';

/** Most instances on a machine. */
export function perMachine(value: number): Parameter {
  const about = 'At most so many instances on a machine; 0 for any number.';
  return { kind: 'number', name: 'perMachine', default: value, min: 0, integer: true, about };
}

/** Most instances in a rack. */
export function perRack(value: number): Parameter {
  const about = 'At most so many instances in a rack; 0 for any number.';
  return { kind: 'number', name: 'perRack', default: value, min: 0, integer: true, about };
}

/** Of a service that is put wherever the policy likes unless it is told otherwise. */
export const SPREAD_PARAMETERS: readonly Parameter[] = [
  // Proposal: the default leaves it to the policy.
  perMachine(0),
  // Proposal, likewise.
  perRack(0),
];

/** The placement rule that the values of `perMachine` and `perRack` make; 0 for none. */
export function spreadRule(values: ParameterValues, context: Pick<ServiceContext, 'addRule'>): number {
  const spread = [
    { attribute: MACHINE_ATTRIBUTE, atMost: values.number('perMachine') },
    { attribute: 'rack', atMost: values.number('perRack') },
  ].filter(({ atMost }) => atMost > 0);
  if (spread.length === 0) return 0;
  return context.addRule({ spread, together: [], avoid: [], beside: [], prefers: [] });
}
