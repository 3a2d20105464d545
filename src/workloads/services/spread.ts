import { MACHINE_ATTRIBUTE, type Parameter, type ParameterValues } from '../../model/index.js';
import type { ServiceContext } from './service.js';

/** Maximum number of instances on a machine. */
export function perMachine(value: number): Parameter {
  const about = 'Maximum number of instances on a machine; 0 for no limit.';
  return { kind: 'number', name: 'perMachine', default: value, min: 0, integer: true, about };
}

/** Maximum number of instances in a rack. */
export function perRack(value: number): Parameter {
  const about = 'Maximum number of instances in a rack; 0 for no limit.';
  return { kind: 'number', name: 'perRack', default: value, min: 0, integer: true, about };
}

/** Parameters of a service whose instances have copies of each other's data. */
export const SPREAD_PARAMETERS: readonly Parameter[] = [
  // The usual setup: one node per machine, because two copies of some data on one machine are lost together.
  perMachine(1),
  // Proposal: racks are left to the policy.
  perRack(0),
];

/** The placement rule from the values of `perMachine` and `perRack`; 0 for none. */
export function spreadRule(values: ParameterValues, context: Pick<ServiceContext, 'addRule'>): number {
  const spread = [
    { attribute: MACHINE_ATTRIBUTE, atMost: values.number('perMachine') },
    { attribute: 'rack', atMost: values.number('perRack') },
  ].filter(({ atMost }) => atMost > 0);
  if (spread.length === 0) return 0;
  return context.addRule({ spread, together: [], avoid: [], beside: [], prefers: [] });
}
