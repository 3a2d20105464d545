import type { FreeTable, MachineId, TaskClassId } from '../../model/index.js';

/**
 * The cores of the largest machine of the openb experiment: 128, in thousandths. The published scores are normalized by it
 * (hkust-adsl/kubernetes-scheduler-simulator 8f3d641, MaxSpecCpu).
 */
export const MAX_CPU_MILLI = 128_000;
/** The GPUs of the largest machine: 8, in thousandths. */
export const MAX_GPU_MILLI = 8_000;

/** Thousandths of a core that are free on a machine; 0 in a run without cpus. */
export function freeCpu(table: FreeTable, machine: MachineId): number {
  const dimension = table.machines.space.dimensionOf('cpus');
  return dimension < 0 ? 0 : table.free[machine * table.dims + dimension];
}

/** Thousandths of a GPU that are free on a machine, over all of its devices; 0 in a run without gpus. */
export function freeGpu(table: FreeTable, machine: MachineId): number {
  const dimension = table.machines.space.gpuDimension;
  return dimension < 0 ? 0 : table.free[machine * table.dims + dimension];
}

/** The core demand of a task of the class, in thousandths; 0 in a run without cpus. */
export function askedCpu(table: FreeTable, taskClass: TaskClassId): number {
  const dimension = table.machines.space.dimensionOf('cpus');
  return dimension < 0 ? 0 : table.classes.demand[taskClass * table.dims + dimension];
}

/** The GPU demand of a task of the class, in thousandths, over all of its devices. */
export function askedGpu(table: FreeTable, taskClass: TaskClassId): number {
  return table.classes.gpuCount[taskClass] * table.classes.gpuMilliEach[taskClass];
}
