import type { FreeTable, MachineId, TaskClassId } from '../../model/index.js';
import { byWholeScore } from './by-score.js';
import { askedCpu, askedGpu, freeCpu, freeGpu, MAX_CPU_MILLI, MAX_GPU_MILLI } from './cpu-and-gpu.js';

/**
 * BestFit of the openb study: the least left over in CPU and GPU, each weighed one half, as a whole number from 0 to 100.
 * The truncation makes many ties, which the lowest rank wins; it is part of the published rule.
 * Source: Weng et al., "Beware of Fragmentation", USENIX ATC 2023; hkust-adsl/kubernetes-scheduler-simulator 8f3d641.
 */
export const gpuBestFit = byWholeScore({ name: 'gpu-best-fit', pure: true, score: gpuBestFitScore });

function gpuBestFitScore(table: FreeTable, machine: MachineId, taskClass: TaskClassId): number {
  const cpu = (freeCpu(table, machine) - askedCpu(table, taskClass)) / MAX_CPU_MILLI;
  const gpu = (freeGpu(table, machine) - askedGpu(table, taskClass)) / MAX_GPU_MILLI;
  return (1 - (cpu * 0.5 + gpu * 0.5)) * 100;
}
