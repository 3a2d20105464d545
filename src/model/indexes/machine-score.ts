import type { FreeTable } from '../ledger/free-table.js';
import type { MachineId } from '../ledger/machine.js';
import type { TaskClassId } from '../ledger/task-classes.js';

/**
 * Score of a machine for a task of a class. The highest wins; NaN counts as the lowest.
 *
 * A **pure** score reads only the machine's row, its capacity and attributes, and the class. It is cached while none of
 * them changes, so create one object and use it for all decisions.
 */
export interface MachineScore {
  readonly name: string;
  readonly pure: boolean;
  /** The state of a machine that a pure score reads: its row (default), or its row and its tasks. */
  readonly reads?: 'row' | 'row and tasks';
  /** Called only for machines that fit. */
  score(table: FreeTable, machine: MachineId, taskClass: TaskClassId): number;
}

/** The score of a machine that fits, with NaN as the lowest. */
export function comparableScore(
  score: MachineScore,
  table: FreeTable,
  machine: MachineId,
  taskClass: TaskClassId,
): number {
  const value = score.score(table, machine, taskClass);
  return Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value;
}
