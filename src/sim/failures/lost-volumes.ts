import { type FrameworkId, type MachineId, NONE, type TaskId } from '../../model/index.js';
import type { RecoveryTerms } from '../../workloads/recovery.js';
import type { Execution } from '../execution.js';
import type { MachineTruth } from './machine-truth.js';

/**
 * The disk of a machine is lost: tasks that have a volume there (whose framework starts them again in place) lose it, and fail at once;
 * the others run on. An agent that the master can reach tells it; where it cannot, the attempt is over all the same.
 */
export function loseVolumes(
  machine: MachineId,
  execution: Execution,
  truth: MachineTruth,
  recovery: (framework: FrameworkId) => RecoveryTerms,
): void {
  const { machines, tasks } = execution.cluster;
  const hit: TaskId[] = [];
  for (let task = machines.firstTask[machine]; task !== NONE; task = tasks.nextOnMachine[task])
    if (execution.isRunning(task) && recovery(tasks.framework[task]).restart === 'in-place') hit.push(task);
  for (const task of hit) {
    execution.observer.volumeLost(task, execution.now);
    if (truth.answers(machine)) execution.kill(task, 'lost');
    else if (truth.isCut(machine)) execution.silence(task);
  }
}
