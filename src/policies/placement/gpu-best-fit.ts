import type { FreeTable, MachineId, TaskClassId } from '../../model/index.js';
import { byScore } from './by-score.js';

/** Normalising constants of the published experiment: its largest machine has 128 cores and 8 GPUs. */
const MAX_CPU_MILLI = 128_000;
const MAX_GPU_MILLI = 8_000;

/**
 * BestFit of the openb study: the least left over in CPU and GPU, each weighed one half, as a whole number from 0 to 100.
 * The truncation makes many ties, which the lowest rank wins; it is part of the published rule.
 * Source: Weng et al., "Beware of Fragmentation", USENIX ATC 2023; hkust-adsl/kubernetes-scheduler-simulator 8f3d641.
 */
export const gpuBestFit = byScore({ name: 'gpu-best-fit', pure: true, score: gpuBestFitScore });

function gpuBestFitScore(table: FreeTable, machine: MachineId, taskClass: TaskClassId): number {
  const { names } = table.machines.space;
  const cpuLeft = left(table, machine, taskClass, names.indexOf('cpus'));
  const gpuLeft = left(table, machine, taskClass, names.indexOf('gpus'));
  return Math.trunc((1 - ((cpuLeft / MAX_CPU_MILLI) * 0.5 + (gpuLeft / MAX_GPU_MILLI) * 0.5)) * 100);
}

function left(table: FreeTable, machine: MachineId, taskClass: TaskClassId, dimension: number): number {
  if (dimension < 0) return 0;
  return (
    table.free[machine * table.dims + dimension] - table.classes.demand[taskClass * table.dims + dimension]
  );
}
