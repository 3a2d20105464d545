import type { FreeTable, TaskId } from '../../model/index.js';
import type { PlacementSink } from '../../policies/contract.js';

/** How a scheduler that serves one job at a time sees the cell, and how what it places comes about. */
export interface CellAccess {
  /** What it sees. */
  readonly table: FreeTable;
  readonly actions: PlacementSink;
  /** Tasks that the last call started, and claims of it that conflicted. */
  readonly placed: number;
  readonly conflicts: number;
  /** The scheduler begins to think. */
  begin(): void;
  /** The scheduler is about to be called. */
  open(): void;
  /** The call is over. `lost` is told of each task that was placed in vain: it waits again. */
  close(lost: (task: TaskId) => void): void;
}
