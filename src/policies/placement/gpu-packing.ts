import { type FreeTable, type MachineId, type TaskClassId, WHOLE_DEVICE } from '../../model/index.js';
import { byScore } from './by-score.js';

/**
 * GpuPacking of the openb study: a task goes first where it needs no idle GPU, filling those with the least left; then where
 * some GPUs are in use, taking few idle ones; last to a machine that is idle. Whole numbers from 0 to 100, by the published
 * whole-number arithmetic. Where a task without a GPU goes is left to the tie rule.
 * Source: Weng et al., "Beware of Fragmentation", USENIX ATC 2023; hkust-adsl/kubernetes-scheduler-simulator 8f3d641.
 */
export const gpuPacking = byScore({ name: 'gpu-packing', pure: true, score: gpuPackingScore });

function gpuPackingScore(table: FreeTable, machine: MachineId, taskClass: TaskClassId): number {
  if (table.classes.gpuCount[taskClass] === 0) return 0;
  const first = table.machines.gpuStart[machine];
  const devices = table.machines.gpuStart[machine + 1] - first;
  const idle = idleDevices(table, first, devices);
  if (idle === devices) return Math.max(33 - idle, idle);
  const taken = table.bestFitDevices(machine, taskClass);
  let takenIdle = 0;
  let percentLeft = 0;
  for (let device = 0; device < devices; device++) {
    if ((taken & (1 << device)) === 0) continue;
    const left = table.gpuFree[first + device];
    if (left === WHOLE_DEVICE) takenIdle++;
    percentLeft += Math.trunc((left * 100) / WHOLE_DEVICE);
  }
  if (takenIdle > 0) return Math.max(50 - takenIdle, 33);
  return Math.max(100 - Math.trunc(percentLeft / 10), 50);
}

function idleDevices(table: FreeTable, first: number, devices: number): number {
  let idle = 0;
  for (let device = first; device < first + devices; device++)
    if (table.gpuFree[device] === WHOLE_DEVICE) idle++;
  return idle;
}
