import { type FreeTable, type MachineId, NONE, type TaskClassId } from '../../model/index.js';
import type { TaskFacts } from '../contract.js';
import { byScore } from './by-score.js';
import { freeGpu, MAX_GPU_MILLI } from './cpu-and-gpu.js';
import type { Placement } from './placement.js';
import type { Ties } from './ties.js';

/**
 * GpuClustering of the openb study: tasks that use GPUs alike (a share of one, or so many whole ones) are kept together, apart
 * from others; among equals, the machine with the least GPU left. Whole numbers from 0 to 100. Where a task without a GPU
 * goes is left to the tie rule.
 * Source: Weng et al., "Beware of Fragmentation", USENIX ATC 2023, after Gandiva (Xiao et al., OSDI 2018);
 * hkust-adsl/kubernetes-scheduler-simulator 8f3d641.
 */
export const gpuClustering = clusteringUnder('lowest-rank');

/** What the GPU tasks on a machine have in common with a new one: the bonus that the published score gives it. */
const BONUS = { onlyAlike: 75, alikeAndOthers: 50, none: 25, onlyOthers: 0 } as const;

function clusteringUnder(ties: Ties): Placement {
  // The score reads the tasks of the view it is asked for; a scheduler has one view.
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

/** How a class uses GPUs: 0 not at all, n for n devices, and a half for a share of one. */
function affinityOf({ classes }: FreeTable, taskClass: TaskClassId): number {
  const devices = classes.gpuCount[taskClass];
  return devices === 1 && classes.gpuMilliEach[taskClass] < 1000 ? 0.5 : devices;
}
