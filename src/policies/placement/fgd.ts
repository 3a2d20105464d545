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

/** The score of FGD: it is higher the less fragmentation a task adds to a machine. It also chooses the devices. */
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

  /** A GPU share goes to the device with the highest score, on ties to the lowest index. Whole GPUs are taken in index order. */
  bestDevices(table: FreeTable, machine: MachineId, taskClass: TaskClassId): DeviceMask {
    const milli = table.classes.gpuMilliEach[taskClass];
    const isShare = table.classes.gpuCount[taskClass] === 1 && milli < WHOLE_DEVICE;
    if (!isShare) return table.bestFitDevices(machine, taskClass);
    const first = table.machines.gpuStart[machine];
    const end = table.machines.gpuStart[machine + 1];
    let best = 0;
    let highest = Number.NEGATIVE_INFINITY;
    for (let device = first; device < end; device++) {
      // A device with as much left as an earlier one has the same score, and the lower index wins.
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
 * Fragmentation gradient descent: the machine on which fragmentation grows least, and for a GPU share also the device.
 * Fragmentation is measured by the typical tasks of the workload. The score is an integer from 0 to 100. Without a task mix,
 * nothing counts as a fragment, and all machines have equal scores.
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
