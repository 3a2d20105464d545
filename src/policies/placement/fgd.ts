import { WHOLE_DEVICE } from '../../model/index.js';
import type { DeviceMask, MachineId, MachineSight, Score, TaskClassId } from '../contract.js';
import { GpuFragmentation } from './gpu-fragmentation.js';
import { asCompared, byScore, type Placement, type Ties } from './placement.js';
import { type TypicalTask, typicalTasks } from './typical-tasks.js';

/** The score of FGD: it is higher the less fragmentation a task adds to a machine. It also chooses the devices. */
export class FragmentationDescent {
  private readonly fragmentation: GpuFragmentation;
  private readonly ties: Ties;
  private readonly see: MachineSight;

  constructor(typical: readonly TypicalTask[], ties: Ties, see: MachineSight) {
    this.fragmentation = new GpuFragmentation(typical, see);
    this.ties = ties;
    this.see = see;
  }

  score(machine: MachineId, taskClass: TaskClassId): number {
    return this.scoreOn(machine, taskClass, this.bestDevices(machine, taskClass));
  }

  /** A GPU share goes to the device with the highest score, on ties to the lowest index. Whole GPUs are taken in index order. */
  bestDevices(machine: MachineId, taskClass: TaskClassId): DeviceMask {
    const { see } = this;
    const milli = see.deviceShare(taskClass);
    const isShare = see.deviceCount(taskClass) === 1 && milli < WHOLE_DEVICE;
    if (!isShare) return see.defaultDevices(machine, taskClass);
    const devices = see.devices(machine);
    let best = 0;
    let highest = Number.NEGATIVE_INFINITY;
    for (let device = 0; device < devices; device++) {
      // A device with as much left as an earlier one has the same score, and the lower index wins.
      if (see.deviceFree(machine, device) < milli || isRepeated(see, machine, device)) continue;
      const score = this.scoreOn(machine, taskClass, 1 << device);
      if (score <= highest) continue;
      highest = score;
      best = 1 << device;
    }
    return best;
  }

  private scoreOn(machine: MachineId, taskClass: TaskClassId, taken: DeviceMask): number {
    const before = this.fragmentation.of(machine);
    const after = this.fragmentation.with(machine, taskClass, taken);
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
  const score: Score = {
    name: 'fgd',
    reads: [],
    anonymous: true,
    make(see) {
      const descent = new FragmentationDescent(typical, ties, see);
      return (machine, taskClass) => descent.score(machine, taskClass);
    },
  };
  const machineChoice = byScore(score, ties);
  return {
    name: 'fgd',
    needs: 'task mix',
    draws: machineChoice.draws === true,
    ...(machineChoice.skipsUnfit === true && { skipsUnfit: true as const }),
    prepare(view, where) {
      const choice = machineChoice.prepare(view, where);
      const descent = new FragmentationDescent(typical, ties, view.machines);
      return {
        best: (task) => choice.best(task),
        devices: (task, machine) => descent.bestDevices(machine, view.tasks.taskClass(task)),
      };
    },
    forRun: (terms) => fgdUnder(terms.ties, typicalTasks(terms.taskMix, terms.space)),
  };
}

function isRepeated(see: MachineSight, machine: MachineId, device: number): boolean {
  const left = see.deviceFree(machine, device);
  for (let earlier = 0; earlier < device; earlier++)
    if (see.deviceFree(machine, earlier) === left) return true;
  return false;
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
