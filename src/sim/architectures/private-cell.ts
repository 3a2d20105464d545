import { CellCopy, type FreeTable, type PendingQueue, type TaskId } from '../../model/index.js';
import type { PlacementHost } from '../../policies/hosting/placement-actions.js';
import type { CommitTerms } from '../../policies/policy.js';
import type { Execution } from '../execution.js';
import type { CellAccess } from './cell-access.js';
import { ClaimActions } from './claim-actions.js';
import type { PlacementNumbers } from './placement-numbers.js';
import { Transaction } from './transaction.js';

/** A private copy of the cell, made when the scheduler begins to think; what is placed on it is committed in one transaction. */
export class PrivateCell implements CellAccess {
  readonly actions: ClaimActions;
  private readonly copy: CellCopy;
  private readonly transaction: Transaction;

  constructor(
    execution: Execution,
    queue: PendingQueue,
    host: PlacementHost,
    terms: CommitTerms,
    numbers: PlacementNumbers,
  ) {
    this.copy = new CellCopy(execution.cluster.free);
    this.copy.sync();
    this.actions = new ClaimActions(execution, this.copy.table, queue, host);
    this.transaction = new Transaction(execution, terms, numbers);
  }

  get table(): FreeTable {
    return this.copy.table;
  }

  get placed(): number {
    return this.transaction.placed;
  }

  get conflicts(): number {
    return this.transaction.conflicts;
  }

  begin(): void {
    this.copy.sync();
    this.transaction.begin();
  }

  open(): void {
    this.actions.beginCall();
  }

  close(lost: (task: TaskId) => void): void {
    this.actions.finishCall();
    this.actions.claims.settle();
    this.transaction.commit(this.actions.claims, this.actions.isGang, lost);
    this.actions.claims.clear();
  }
}
