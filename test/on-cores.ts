import {
  CPUS,
  listParts,
  machinesOf,
  type SimulationResult,
  type SimulationSketch,
  simulate,
} from './simulate.js';
import { type RowSketch, rowsOf, type TraceParts, traceOf } from './traces-in-memory.js';

/** A run on machines `m0`, `m1` … with the given cores. By default, tasks that fit may pass tasks that do not fit. */
export function onCores(
  cpus: readonly number[],
  rows: readonly RowSketch[],
  { frameworks, ...more }: Partial<SimulationSketch> & Pick<Partial<TraceParts>, 'frameworks'> = {},
): Promise<SimulationResult> {
  const machines = machinesOf(
    CPUS,
    cpus.map((amount) => ({ cpus: amount })),
  );
  const trace = traceOf(CPUS, rowsOf(CPUS, rows), frameworks === undefined ? {} : { frameworks });
  return simulate({ space: CPUS, machines, trace, parts: listParts('any'), ...more });
}
