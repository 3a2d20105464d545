import { FOREVER, type ParameterValues } from '../../model/index.js';
import { PLAIN_ROW, type TaskRow } from '../trace.js';
import { sizeOf, usedOf } from './instance-size.js';
import type { ServiceContext } from './service.js';
import type { VolumeDemand } from './volume.js';

/** A service with a constant number of instances. */
export interface FixedInstances {
  readonly job: string;
  readonly instances: number;
  /** Demand of an instance for its data, in addition to cores and memory. */
  readonly volume?: VolumeDemand;
  /** Index of the load curve of the usage; 0 for none. */
  readonly curve?: number;
  /** Index of the placement rule; 0 for none. */
  readonly rule?: number;
  /** True if all instances must start together. */
  readonly gang?: boolean;
}

/** One job with all instances, submitted at 0. `values` give the size of an instance. */
export function* fixedInstances(
  { job, instances, volume, curve = 0, rule = 0, gang = false }: FixedInstances,
  values: ParameterValues,
  context: ServiceContext,
): Iterable<TaskRow> {
  if (instances === 0) return;
  yield {
    ...PLAIN_ROW,
    job,
    framework: context.framework,
    submit: 0,
    tasks: instances,
    demand: context.demand({ ...sizeOf(values), ...volume?.amounts }),
    duration: FOREVER,
    usage: context.usage({ ...usedOf(values), ...volume?.used }),
    curve,
    gang,
    rule,
  };
}
