import {
  FOREVER,
  InputError,
  type InputPlace,
  largestCapacity,
  MACHINE_ATTRIBUTE,
  type MachineSpec,
  type ResourceSpace,
} from '../model/index.js';
import type { RowLook } from './look-through.js';
import type { TaskBatch, Trace } from './trace.js';

/**
 * Checks that each service of a composed workload alone fits on these machines. Only instances that run for the whole
 * run are checked, because batch tasks may wait for free resources. `take` throws an InputError with the service and
 * the reason.
 */
export function servicesFit(trace: Trace, machines: readonly MachineSpec[]): RowLook {
  const largest = trace.space.names.map((_, dimension) => largestCapacity(machines, dimension));
  return {
    take(batch) {
      for (let row = 0; row < batch.length; row++) {
        if (batch.submit[row] > 0 && batch.duration[row] !== FOREVER) return false;
        if (batch.duration[row] === FOREVER) checkRow(batch, row, trace, { machines, largest });
      }
      return true;
    },
  };
}

interface Room {
  readonly machines: readonly MachineSpec[];
  /** The largest capacity of any machine, in quanta per dimension. */
  readonly largest: readonly number[];
}

function checkRow(batch: TaskBatch, row: number, trace: Trace, { machines, largest }: Room): void {
  const place = { path: ['services', trace.frameworks[batch.framework[row]].name] };
  const demand = batch.demand.subarray(row * batch.dims, (row + 1) * batch.dims);
  checkSize(demand, trace.space, largest, place);
  const rule = trace.rules?.[batch.rule[row]];
  for (const { attribute, atMost } of rule?.spread ?? [])
    checkSpread(batch.tasks[row], attribute, atMost, machines, place);
}

function checkSize(
  demand: Int32Array,
  space: ResourceSpace,
  largest: readonly number[],
  place: InputPlace,
): void {
  space.kinds.forEach((kind, d) => {
    if (demand[d] <= largest[d]) return;
    const text = (quanta: number) => `${Math.round((quanta / kind.quantaPerUnit) * 100) / 100} ${kind.unit}`;
    throw new InputError(
      place,
      `an instance needs ${text(demand[d])} of ${kind.name}, and the largest machine has ${text(largest[d])}`,
    );
  });
}

function checkSpread(
  instances: number,
  attribute: string,
  atMost: number,
  machines: readonly MachineSpec[],
  place: InputPlace,
): void {
  const groups =
    attribute === MACHINE_ATTRIBUTE
      ? machines.length
      : new Set(machines.flatMap(({ attributes }) => attributes?.[attribute] ?? [])).size;
  if (instances <= groups * atMost) return;
  throw new InputError(
    place,
    `${instances} instances with at most ${atMost} per ${attribute} need ${Math.ceil(instances / atMost)} of them, but the cluster has ${groups}`,
  );
}
