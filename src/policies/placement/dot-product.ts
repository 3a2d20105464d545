import type { FreeTable, MachineId, TaskClassId } from '../../model/index.js';
import { byWholeScore } from './by-score.js';
import { askedCpu, askedGpu, freeCpu, freeGpu, MAX_CPU_MILLI, MAX_GPU_MILLI } from './cpu-and-gpu.js';

/**
 * DotProd of the openb study: the machine whose free CPU and GPU, as a vector, have the smallest dot product with what the task
 * asks for, as a whole number from 0 to 100. It thus prefers nearly full machines, and those that are full in what the task
 * needs. The dot product as a score of packing is that of Tetris (Grandl et al., SIGCOMM 2014), turned round.
 * Source: Weng et al., "Beware of Fragmentation", USENIX ATC 2023; hkust-adsl/kubernetes-scheduler-simulator 8f3d641.
 */
export const dotProduct = byWholeScore({ name: 'dot-product', pure: true, score: dotProductScore });

function dotProductScore(table: FreeTable, machine: MachineId, taskClass: TaskClassId): number {
  const cpu = (freeCpu(table, machine) / MAX_CPU_MILLI) * (askedCpu(table, taskClass) / MAX_CPU_MILLI);
  const gpu = (freeGpu(table, machine) / MAX_GPU_MILLI) * (askedGpu(table, taskClass) / MAX_GPU_MILLI);
  return 100 * (1 - (cpu + gpu) / 2);
}
