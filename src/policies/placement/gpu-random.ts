import { type DeviceMask, type FreeTable, type MachineId, WHOLE_DEVICE } from '../../model/index.js';
import type { Random } from '../contract.js';
import type { Placement } from './placement.js';
import { randomFit } from './random.js';

/**
 * Random of the openb study: any fitting machine, and for a share of a GPU any of its devices that have enough left, each with
 * the same probability. Whole GPUs are the idle ones in index order.
 * Source: Weng et al., "Beware of Fragmentation", USENIX ATC 2023; hkust-adsl/kubernetes-scheduler-simulator 8f3d641.
 */
export const gpuRandom: Placement = {
  name: 'gpu-random',
  choose: randomFit.choose,
  devices(view, task, machine) {
    const { table } = view.machines;
    const taskClass = view.tasks.taskClass[task];
    const milli = table.classes.gpuMilliEach[taskClass];
    const isShare = table.classes.gpuCount[taskClass] === 1 && milli < WHOLE_DEVICE;
    return isShare ? anyDevice(table, machine, milli, view.random) : table.bestFitDevices(machine, taskClass);
  },
};

function anyDevice(table: FreeTable, machine: MachineId, milli: number, random: Random): DeviceMask {
  const first = table.machines.gpuStart[machine];
  let chosen = 0;
  let seen = 0;
  for (let device = first; device < table.machines.gpuStart[machine + 1]; device++) {
    if (table.gpuFree[device] < milli) continue;
    seen++;
    // Reservoir sampling: the k-th that fits replaces the choice with probability 1/k.
    if (random() * seen < 1) chosen = 1 << (device - first);
  }
  return chosen;
}
