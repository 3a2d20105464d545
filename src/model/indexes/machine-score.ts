import type { FreeTable } from '../ledger/free-table.js';
import type { MachineId } from '../ledger/machine.js';
import type { TaskClassId } from '../ledger/task-classes.js';

/**
 * How good a machine is for a task of a class; the highest wins, and what is not a number is the lowest of all.
 *
 * A **pure** score reads nothing but the machine's row, its capacity and attributes, and the class, so that it is
 * remembered while none of them changes: make one such object and use it for all decisions.
 */
export interface MachineScore {
  readonly name: string;
  readonly pure: boolean;
  /** What a pure score reads of a machine: its row (when left out), or the row and the tasks that are on it. */
  readonly reads?: 'row' | 'row and tasks';
  /** Called only for machines that fit. */
  score(table: FreeTable, machine: MachineId, taskClass: TaskClassId): number;
}

/** The score of a machine that fits, as it is compared. */
export function comparableScore(
  score: MachineScore,
  table: FreeTable,
  machine: MachineId,
  taskClass: TaskClassId,
): number {
  const value = score.score(table, machine, taskClass);
  return Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value;
}
