import {
  type DeviceMask,
  type FreeTable,
  type MachineId,
  NONE,
  type TaskClassId,
  WHOLE_DEVICE,
} from '../../model/index.js';
import type { Random, TaskFacts } from '../contract.js';
import { randomFit } from './classic-placements.js';
import { askedCpu, askedGpu, freeCpu, freeGpu, MAX_CPU_MILLI, MAX_GPU_MILLI } from './cpu-and-gpu.js';
import { byIntegerScore, byScore, type Placement, type Ties } from './placement.js';

/**
 * Random of the openb study: a random fitting machine, and for a GPU share a random device with enough left. All have the same
 * probability. Whole GPUs are taken from the idle devices in index order.
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
    // Reservoir sampling: the k-th fitting device replaces the choice with probability 1/k.
    if (random() * seen < 1) chosen = 1 << (device - first);
  }
  return chosen;
}

/**
 * DotProd of the openb study: the machine with the smallest dot product of its free resources (CPU, GPU) and the task's demand.
 * The score is an integer from 0 to 100. It prefers nearly full machines, above all those full in the resource that the task
 * needs. Tetris (Grandl et al., SIGCOMM 2014) uses the same dot product, but prefers the largest one.
 * Source: Weng et al., "Beware of Fragmentation", USENIX ATC 2023; hkust-adsl/kubernetes-scheduler-simulator 8f3d641.
 */
export const dotProduct = byIntegerScore({ name: 'dot-product', pure: true, score: dotProductScore });

function dotProductScore(table: FreeTable, machine: MachineId, taskClass: TaskClassId): number {
  const cpu = (freeCpu(table, machine) / MAX_CPU_MILLI) * (askedCpu(table, taskClass) / MAX_CPU_MILLI);
  const gpu = (freeGpu(table, machine) / MAX_GPU_MILLI) * (askedGpu(table, taskClass) / MAX_GPU_MILLI);
  return 100 * (1 - (cpu + gpu) / 2);
}

/**
 * BestFit of the openb study: the machine with the least CPU and GPU left over, each with weight one half. The score is an
 * integer from 0 to 100. The truncation is part of the published rule. It causes many ties, which the lowest rank wins.
 * Source: Weng et al., "Beware of Fragmentation", USENIX ATC 2023; hkust-adsl/kubernetes-scheduler-simulator 8f3d641.
 */
export const gpuBestFit = byIntegerScore({ name: 'gpu-best-fit', pure: true, score: gpuBestFitScore });

function gpuBestFitScore(table: FreeTable, machine: MachineId, taskClass: TaskClassId): number {
  const cpu = (freeCpu(table, machine) - askedCpu(table, taskClass)) / MAX_CPU_MILLI;
  const gpu = (freeGpu(table, machine) - askedGpu(table, taskClass)) / MAX_GPU_MILLI;
  return (1 - (cpu * 0.5 + gpu * 0.5)) * 100;
}

/**
 * GpuClustering of the openb study: tasks with the same GPU demand (a share, or a number of whole GPUs) are kept together,
 * apart from other tasks. Among equal machines, the one with the least GPU left wins. The score is an integer from 0 to 100.
 * The tie rule places tasks without a GPU.
 * Source: Weng et al., "Beware of Fragmentation", USENIX ATC 2023, after Gandiva (Xiao et al., OSDI 2018);
 * hkust-adsl/kubernetes-scheduler-simulator 8f3d641.
 */
export const gpuClustering = clusteringUnder('lowest-rank');

/** The bonus of the published score, by the GPU tasks on the machine: with the same demand as the new task, or another one. */
const BONUS = { onlyAlike: 75, alikeAndOthers: 50, none: 25, onlyOthers: 0 } as const;

function clusteringUnder(ties: Ties): Placement {
  // The score reads the tasks of the view. The placement is kept, because a scheduler has only one view.
  let tasks: TaskFacts | undefined;
  let placement: Placement | undefined;
  return {
    name: 'gpu-clustering',
    choose(view, task) {
      if (placement === undefined || tasks !== view.tasks) {
        tasks = view.tasks;
        placement = clusteringAmong(view.tasks, ties);
      }
      return placement.choose(view, task);
    },
    forRun: (terms) => clusteringUnder(terms.ties),
  };
}

function clusteringAmong(tasks: TaskFacts, ties: Ties): Placement {
  const score = (table: FreeTable, machine: MachineId, taskClass: TaskClassId) => {
    const affinity = affinityOf(table, taskClass);
    if (affinity === 0) return 0;
    const fullness = Math.trunc((25 * (MAX_GPU_MILLI - freeGpu(table, machine))) / MAX_GPU_MILLI);
    return fullness + BONUS[companyOf(table, machine, affinity, tasks)];
  };
  return byScore({ name: 'gpu-clustering', pure: true, reads: 'row and tasks', score }, ties);
}

function companyOf(
  table: FreeTable,
  machine: MachineId,
  affinity: number,
  tasks: TaskFacts,
): keyof typeof BONUS {
  let hasAlike = false;
  let hasOthers = false;
  for (let task = table.machines.firstTask[machine]; task !== NONE; task = tasks.nextOnMachine[task]) {
    const theirs = affinityOf(table, tasks.taskClass[task]);
    if (theirs === affinity) hasAlike = true;
    else if (theirs !== 0) hasOthers = true;
  }
  if (hasAlike) return hasOthers ? 'alikeAndOthers' : 'onlyAlike';
  return hasOthers ? 'onlyOthers' : 'none';
}

/** GPU use of a class: 0 for none, n for n devices, 0.5 for a share of one device. */
function affinityOf({ classes }: FreeTable, taskClass: TaskClassId): number {
  const devices = classes.gpuCount[taskClass];
  return devices === 1 && classes.gpuMilliEach[taskClass] < 1000 ? 0.5 : devices;
}

/**
 * GpuPacking of the openb study. First choice: machines where the task needs no idle GPU, the fullest GPUs first. Second choice:
 * machines with some GPUs in use, the fewest idle GPUs taken first. Last choice: idle machines. The score is an integer from 0
 * to 100, by the published integer arithmetic. The tie rule places tasks without a GPU.
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
