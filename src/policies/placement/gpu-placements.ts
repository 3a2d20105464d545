import { WHOLE_DEVICE } from '../../model/index.js';
import {
  type DeviceMask,
  type MachineId,
  type MachineSight,
  NONE,
  type Random,
  type Reads,
  type Score,
  type TaskClassId,
} from '../contract.js';
import { randomFit } from './classic-placements.js';
import { CpuAndGpu, MAX_CPU_MILLI, MAX_GPU_MILLI } from './cpu-and-gpu.js';
import { byIntegerScore, byScore, type Placement } from './placement.js';

/**
 * Random of the openb study: a random fitting machine, and for a GPU share a random device with enough left. All have the same
 * probability. Whole GPUs are taken from the idle devices in index order.
 * Source: Weng et al., "Beware of Fragmentation", USENIX ATC 2023; hkust-adsl/kubernetes-scheduler-simulator 8f3d641.
 */
export const gpuRandom: Placement = {
  name: 'gpu-random',
  draws: true,
  prepare(view, where) {
    const choice = randomFit.prepare(view, where);
    const { machines, tasks, random } = view;
    return {
      best: (task) => choice.best(task),
      devices(task, machine) {
        const taskClass = tasks.taskClass(task);
        const milli = machines.deviceShare(taskClass);
        const isShare = machines.deviceCount(taskClass) === 1 && milli < WHOLE_DEVICE;
        return isShare
          ? anyDevice(machines, machine, milli, random)
          : machines.defaultDevices(machine, taskClass);
      },
    };
  },
};

function anyDevice(see: MachineSight, machine: MachineId, milli: number, random: Random): DeviceMask {
  const devices = see.devices(machine);
  let chosen = 0;
  let seen = 0;
  for (let device = 0; device < devices; device++) {
    if (see.deviceFree(machine, device) < milli) continue;
    seen++;
    // Reservoir sampling: the k-th fitting device replaces the choice with probability 1/k.
    if (random() * seen < 1) chosen = 1 << device;
  }
  return chosen;
}

/**
 * DotProd of the openb study: the machine with the smallest dot product of its free resources (CPU, GPU) and the task's demand.
 * The score is an integer from 0 to 100. It prefers nearly full machines, above all those full in the resource that the task
 * needs. Tetris (Grandl et al., SIGCOMM 2014) uses the same dot product, but prefers the largest one.
 * Source: Weng et al., "Beware of Fragmentation", USENIX ATC 2023; hkust-adsl/kubernetes-scheduler-simulator 8f3d641.
 */
export const dotProduct = byIntegerScore({
  name: 'dot-product',
  reads: [],
  anonymous: true,
  make(see) {
    const amounts = new CpuAndGpu(see);
    return (machine, taskClass) => {
      const cpu = (amounts.freeCpu(machine) / MAX_CPU_MILLI) * (amounts.askedCpu(taskClass) / MAX_CPU_MILLI);
      const gpu = (amounts.freeGpu(machine) / MAX_GPU_MILLI) * (amounts.askedGpu(taskClass) / MAX_GPU_MILLI);
      return 100 * (1 - (cpu + gpu) / 2);
    };
  },
});

/**
 * BestFit of the openb study: the machine with the least CPU and GPU left over, each with weight one half. The score is an
 * integer from 0 to 100. The truncation is part of the published rule. It causes many ties, which the lowest rank wins.
 * Source: Weng et al., "Beware of Fragmentation", USENIX ATC 2023; hkust-adsl/kubernetes-scheduler-simulator 8f3d641.
 */
export const gpuBestFit = byIntegerScore({
  name: 'gpu-best-fit',
  reads: [],
  anonymous: true,
  make(see) {
    const amounts = new CpuAndGpu(see);
    return (machine, taskClass) => {
      const cpu = (amounts.freeCpu(machine) - amounts.askedCpu(taskClass)) / MAX_CPU_MILLI;
      const gpu = (amounts.freeGpu(machine) - amounts.askedGpu(taskClass)) / MAX_GPU_MILLI;
      return (1 - (cpu * 0.5 + gpu * 0.5)) * 100;
    };
  },
});

/**
 * GpuClustering of the openb study: tasks with the same GPU demand (a share, or a number of whole GPUs) are kept together,
 * apart from other tasks. Among equal machines, the one with the least GPU left wins. The score is an integer from 0 to 100.
 * The tie rule places tasks without a GPU.
 * Source: Weng et al., "Beware of Fragmentation", USENIX ATC 2023, after Gandiva (Xiao et al., OSDI 2018);
 * hkust-adsl/kubernetes-scheduler-simulator 8f3d641.
 */
export const gpuClustering = byScore({
  name: 'gpu-clustering',
  reads: ['tasks'],
  make(see) {
    const amounts = new CpuAndGpu(see);
    return (machine, taskClass) => {
      const affinity = affinityOf(see, taskClass);
      if (affinity === 0) return 0;
      const fullness = Math.trunc((25 * (MAX_GPU_MILLI - amounts.freeGpu(machine))) / MAX_GPU_MILLI);
      return fullness + BONUS[companyOf(see, see.tasks, machine, affinity)];
    };
  },
} satisfies Score<'tasks'>);

/** The bonus of the published score, by the GPU tasks on the machine: with the same demand as the new task, or another one. */
const BONUS = { onlyAlike: 75, alikeAndOthers: 50, none: 25, onlyOthers: 0 } as const;

function companyOf(
  see: MachineSight,
  tasks: Reads['tasks'],
  machine: MachineId,
  affinity: number,
): keyof typeof BONUS {
  let hasAlike = false;
  let hasOthers = false;
  for (let task = tasks.first(machine); task !== NONE; task = tasks.next(task)) {
    const theirs = affinityOf(see, tasks.taskClass(task));
    if (theirs === affinity) hasAlike = true;
    else if (theirs !== 0) hasOthers = true;
  }
  if (hasAlike) return hasOthers ? 'alikeAndOthers' : 'onlyAlike';
  return hasOthers ? 'onlyOthers' : 'none';
}

/** GPU use of a class: 0 for none, n for n devices, 0.5 for a share of one device. */
function affinityOf(see: MachineSight, taskClass: TaskClassId): number {
  const devices = see.deviceCount(taskClass);
  return devices === 1 && see.deviceShare(taskClass) < WHOLE_DEVICE ? 0.5 : devices;
}

/**
 * GpuPacking of the openb study. First choice: machines where the task needs no idle GPU, the fullest GPUs first. Second choice:
 * machines with some GPUs in use, the fewest idle GPUs taken first. Last choice: idle machines. The score is an integer from 0
 * to 100, by the published integer arithmetic. The tie rule places tasks without a GPU.
 * Source: Weng et al., "Beware of Fragmentation", USENIX ATC 2023; hkust-adsl/kubernetes-scheduler-simulator 8f3d641.
 */
export const gpuPacking = byScore({
  name: 'gpu-packing',
  reads: [],
  anonymous: true,
  make: (see) => (machine, taskClass) => gpuPackingScore(see, machine, taskClass),
});

function gpuPackingScore(see: MachineSight, machine: MachineId, taskClass: TaskClassId): number {
  if (see.deviceCount(taskClass) === 0) return 0;
  const devices = see.devices(machine);
  const idle = idleDevices(see, machine, devices);
  if (idle === devices) return Math.max(33 - idle, idle);
  const taken = see.defaultDevices(machine, taskClass);
  let takenIdle = 0;
  let percentLeft = 0;
  for (let device = 0; device < devices; device++) {
    if ((taken & (1 << device)) === 0) continue;
    const left = see.deviceFree(machine, device);
    if (left === WHOLE_DEVICE) takenIdle++;
    percentLeft += Math.trunc((left * 100) / WHOLE_DEVICE);
  }
  if (takenIdle > 0) return Math.max(50 - takenIdle, 33);
  return Math.max(100 - Math.trunc(percentLeft / 10), 50);
}

function idleDevices(see: MachineSight, machine: MachineId, devices: number): number {
  let idle = 0;
  for (let device = 0; device < devices; device++)
    if (see.deviceFree(machine, device) === WHOLE_DEVICE) idle++;
  return idle;
}
