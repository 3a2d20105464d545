import {
  type DeviceMask,
  type FreeTable,
  type MachineId,
  type TaskClassId,
  WHOLE_DEVICE,
} from '../../model/index.js';
import { GpuFragmentation } from './gpu-fragmentation.js';
import { asCompared, byScore, type Placement, type Ties } from './placement.js';
import { type TypicalTask, typicalTasks } from './typical-tasks.js';

/** The score of FGD: how little a task adds to the fragmentation of a machine, and on which devices. */
export class FragmentationDescent {
  private readonly fragmentation: GpuFragmentation;
  private readonly ties: Ties;

  constructor(typical: readonly TypicalTask[], ties: Ties) {
    this.fragmentation = new GpuFragmentation(typical);
    this.ties = ties;
  }

  score(table: FreeTable, machine: MachineId, taskClass: TaskClassId): number {
    return this.scoreOn(table, machine, taskClass, this.bestDevices(table, machine, taskClass));
  }

  /** A share of a GPU goes to the device of the highest score, the lowest index on ties; whole GPUs are taken in index order. */
  bestDevices(table: FreeTable, machine: MachineId, taskClass: TaskClassId): DeviceMask {
    const milli = table.classes.gpuMilliEach[taskClass];
    const isShare = table.classes.gpuCount[taskClass] === 1 && milli < WHOLE_DEVICE;
    if (!isShare) return table.bestFitDevices(machine, taskClass);
    const first = table.machines.gpuStart[machine];
    const end = table.machines.gpuStart[machine + 1];
    let best = 0;
    let highest = Number.NEGATIVE_INFINITY;
    for (let device = first; device < end; device++) {
      // A device with as much left as one before it scores the same, and the lower index wins.
      if (table.gpuFree[device] < milli || isRepeated(table.gpuFree, first, device)) continue;
      const taken = 1 << (device - first);
      const score = this.scoreOn(table, machine, taskClass, taken);
      if (score <= highest) continue;
      highest = score;
      best = taken;
    }
    return best;
  }

  private scoreOn(table: FreeTable, machine: MachineId, taskClass: TaskClassId, taken: DeviceMask): number {
    const before = this.fragmentation.of(table, machine);
    const after = this.fragmentation.with(table, machine, taskClass, taken);
    return asCompared(100 * sigmoid((before - after) / WHOLE_DEVICE), this.ties);
  }
}

/**
 * Fragmentation gradient descent: the machine, and for a share of a GPU the device, on which the fragmentation that the typical
 * tasks of the workload would meet grows least, as a whole number from 0 to 100. Without a task mix nothing is a
 * fragment, and all machines are equal.
 * Source: Weng et al., "Beware of Fragmentation", USENIX ATC 2023; hkust-adsl/kubernetes-scheduler-simulator 8f3d641.
 */
export const fgd = fgdUnder('lowest-rank', []);

function fgdUnder(ties: Ties, typical: readonly TypicalTask[]): Placement {
  const descent = new FragmentationDescent(typical, ties);
  const score = (table: FreeTable, machine: MachineId, taskClass: TaskClassId) =>
    descent.score(table, machine, taskClass);
  return {
    ...byScore({ name: 'fgd', pure: true, score }, ties),
    needs: 'task mix',
    devices: (view, task, machine) =>
      descent.bestDevices(view.machines.table, machine, view.tasks.taskClass[task]),
    forRun: (terms) => fgdUnder(terms.ties, typicalTasks(terms.taskMix, terms.space)),
  };
}

function isRepeated(left: Int32Array, first: number, device: number): boolean {
  for (let earlier = first; earlier < device; earlier++) if (left[earlier] === left[device]) return true;
  return false;
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
