import type { MachineSpec } from '../../model/index.js';
import type { PolicyContext } from '../policy.js';

/** A frozen copy: what a policy's `build` writes to its context reaches neither the ledger nor the next run. */
export function isolated(context: PolicyContext): PolicyContext {
  const { space, machines, frameworks, forecast, taskMix, operator } = context;
  return Object.freeze({
    space,
    machines: Object.freeze(machines.map(frozenMachine)),
    frameworks: Object.freeze(frameworks.map((spec) => Object.freeze({ ...spec }))),
    forecast:
      forecast === undefined
        ? undefined
        : Object.freeze({ mean: forecast.mean.slice(), peak: forecast.peak.slice() }),
    ...(operator !== undefined && { operator }),
    ...(taskMix !== undefined && {
      taskMix: Object.freeze(
        taskMix.map((shape) =>
          Object.freeze({
            ...shape,
            demand: Object.freeze(Array.from(shape.demand)),
            constraint: Object.freeze(
              shape.constraint.map(({ attribute, oneOf }) =>
                Object.freeze({ attribute, oneOf: Object.freeze([...oneOf]) }),
              ),
            ),
          }),
        ),
      ),
    }),
  });
}

function frozenMachine(spec: MachineSpec): MachineSpec {
  return Object.freeze({
    ...spec,
    capacity: Object.freeze(Array.from(spec.capacity)),
    ...(spec.attributes !== undefined && { attributes: Object.freeze({ ...spec.attributes }) }),
  });
}
