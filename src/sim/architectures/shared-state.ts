import {
  CellCopy,
  type FreeTable,
  type MachineId,
  type PendingQueue,
  type TaskId,
} from '../../model/index.js';
import type { PlacementHost } from '../../policies/hosting/placement-actions.js';
import type { CommitTerms } from '../../policies/policy.js';
import type { Execution } from '../execution.js';
import { ClaimActions } from './claim-actions.js';
import type { ClaimList } from './claim-list.js';
import type { CellAccess, PlacementNumbers } from './job-scheduler.js';

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

/**
 * Commits claims that were made on a private copy of the cell: each is checked against the ledger as it is now, and starts or
 * conflicts (Schwarzkopf et al., Omega, EuroSys 2013, section 3.4). Whatever the terms, a claim that does not fit conflicts.
 */
export class Transaction {
  placed = 0;
  conflicts = 0;
  private readonly execution: Execution;
  private readonly terms: CommitTerms;
  private readonly numbers: PlacementNumbers;
  /** The numbers of the machines when the copy was made. */
  private expected = new Int32Array(0);
  /** Tasks that room is held for until it is known whether all have room. */
  private readonly held: TaskId[] = [];

  constructor(execution: Execution, terms: CommitTerms, numbers: PlacementNumbers) {
    this.execution = execution;
    this.terms = terms;
    this.numbers = numbers;
  }

  /** The copy is made now. */
  begin(): void {
    if (this.terms.conflict === 'sequence-number')
      this.expected = this.numbers.copyTo(this.expected, this.execution.cluster.machines.count);
  }

  /** Starts what does not conflict; with `isGang`, or by the terms, all or nothing. `lost` is told of the others. */
  commit(claims: ClaimList, isGang: boolean, lost: (task: TaskId) => void): void {
    this.placed = 0;
    this.conflicts = 0;
    if (isGang || this.terms.transaction === 'all-or-nothing') this.commitWhole(claims, lost);
    else this.commitEach(claims, lost);
    if (this.terms.numbering === 'machine' && this.placed > 0) this.raiseAll(claims);
  }

  private commitEach(claims: ClaimList, lost: (task: TaskId) => void): void {
    const { execution } = this;
    for (let i = 0; i < claims.length; i++) {
      const [task, machine] = [claims.task[i], claims.machine[i]];
      const isStale = this.isStale(machine);
      if (
        !isStale &&
        execution.start(task, machine, execution.cluster.free, claims.devices[i]) === undefined
      ) {
        this.placed++;
        this.noteClaim(machine);
      } else {
        this.conflicts++;
        lost(task);
      }
    }
  }

  private commitWhole(claims: ClaimList, lost: (task: TaskId) => void): void {
    const { execution, held } = this;
    const { cluster } = execution;
    for (let i = 0; i < claims.length; i++) {
      const [task, machine, devices] = [claims.task[i], claims.machine[i], claims.devices[i]];
      const isStale = this.isStale(machine);
      if (!isStale && cluster.refusal(task, machine, cluster.free, devices) === undefined) {
        cluster.hold(task, machine, cluster.free, devices);
        held.push(task);
        this.noteClaim(machine);
      } else {
        this.conflicts++;
        // The peer looks no further, and what it looked at has raised its numbers.
        if (this.terms.numbering === 'claim') break;
      }
    }
    if (this.conflicts === 0) {
      for (const task of held) execution.startHeld(task);
      this.placed = held.length;
    } else {
      for (const task of held) cluster.release(task);
      for (let i = 0; i < claims.length; i++) lost(claims.task[i]);
    }
    held.length = 0;
  }

  /** Has anybody placed something on the machine since the copy was made, as far as the terms care? */
  private isStale(machine: MachineId): boolean {
    if (this.terms.conflict !== 'sequence-number') return false;
    const isStale = this.expected[machine] !== this.numbers.current[machine];
    if (this.terms.numbering === 'claim') this.expected[machine]++;
    return isStale;
  }

  private noteClaim(machine: MachineId): void {
    if (this.terms.conflict === 'sequence-number' && this.terms.numbering === 'claim')
      this.numbers.raise(machine);
  }

  private raiseAll(claims: ClaimList): void {
    if (this.terms.conflict !== 'sequence-number') return;
    const { tasks } = this.execution.cluster;
    for (let i = 0; i < claims.length; i++)
      if (tasks.machine[claims.task[i]] === claims.machine[i]) this.numbers.raise(claims.machine[i]);
  }
}
