import { FOREVER, type ParameterValues } from '../../model/index.js';
import { PLAIN_ROW, type TaskRow } from '../trace.js';
import { sizeOf, usedOf } from './instance-size.js';
import type { ServiceContext } from './service.js';
import type { VolumeDemand } from './volume.js';

/** A service that runs the same number of instances from beginning to end. */
export interface FixedInstances {
  readonly job: string;
  readonly instances: number;
  /** What an instance needs for its data, beside its cores and memory. */
  readonly volume?: VolumeDemand;
  /** Of usage over time; 0 for none. */
  readonly curve?: number;
  /** Where its instances may be beside each other; 0 for anywhere. */
  readonly rule?: number;
  /** Starts whole or not at all. */
  readonly gang?: boolean;
}

/** One job, all of its instances submitted at 0, each of the size that `values` say. */
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
