import type { MachineId } from '../ledger/machine.js';
import type { TaskId } from '../ledger/task.js';
import type { TaskClassId } from '../ledger/task-classes.js';

/** Score of a machine for a task. The highest wins; NaN counts as the lowest. */
export interface MachineScore {
  readonly name: string;
  /**
   * How long a value of a machine and a task class may be kept: until the machine's row changes; until its row or the tasks on
   * it change; or not at all.
   */
  readonly keeps: 'while row' | 'while row and tasks' | 'no';
  /** Do machines of one kind with equal free amounts have equal values? */
  readonly isAnonymous: boolean;
  /** Counts reads of the kind and the attributes of machines so far. Left out if such reads are not counted. */
  readonly kindReads?: () => number;
  /** All kept values are void when this number changes. */
  version(): number;
  /** Called only for machines that fit. */
  value(machine: MachineId, taskClass: TaskClassId, task: TaskId): number;
}

/** The score of a machine that fits, with NaN as the lowest. */
export function comparableScore(
  score: MachineScore,
  machine: MachineId,
  taskClass: TaskClassId,
  task: TaskId,
): number {
  const value = score.value(machine, taskClass, task);
  return Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value;
}
