import type { FreeTable, PendingQueue } from '../../model/index.js';
import { PlacementActions, type PlacementHost } from '../../policies/hosting/placement-actions.js';
import type { Execution } from '../execution.js';
import type { CellAccess } from './cell-access.js';

/** The cell as it is: what is placed starts at once, and nothing conflicts. */
export class LiveCell implements CellAccess {
  readonly table: FreeTable;
  readonly actions: PlacementActions;
  placed = 0;
  readonly conflicts = 0;
  private readonly queue: PendingQueue;

  constructor(execution: Execution, queue: PendingQueue, host: PlacementHost) {
    this.table = execution.cluster.free;
    this.queue = queue;
    const counting: PlacementHost = {
      ...host,
      taskPlaced: () => {
        this.placed++;
      },
    };
    this.actions = new PlacementActions(execution, this.table, counting);
  }

  begin(): void {}

  open(): void {
    this.placed = 0;
  }

  close(): void {
    this.actions.finishCall(this.queue);
  }
}
