import type { Cluster } from './cluster.js';
import { NONE } from './columns.js';
import type { FrameworkId } from './framework.js';
import { FreeTable } from './free-table.js';
import type { FreeTotals } from './free-totals.js';
import { LedgerError } from './ledger-error.js';
import type { MachineId } from './machine.js';

/**
 * All that is free in a cell, lent to one framework in one move: the pessimistic lock of Mesos as the Omega paper models it
 * (Schwarzkopf et al., EuroSys 2013, section 3.3). What becomes free while it is out stays with the ledger, and may be lent
 * in turn.
 *
 * The columns of the two tables change hands instead of their amounts, so that an offer costs no copy of the cell: the peer's
 * offers cost twenty times its monolithic scheduler by that copy.
 */
export class ExclusiveOffer {
  readonly table: FreeTable;
  /** The framework that has it, or NONE. */
  framework: FrameworkId = NONE;
  /** What was lent, per dimension. */
  readonly lent: Float64Array;
  private readonly cluster: Cluster;
  private cursor = 0;

  constructor(cluster: Cluster) {
    this.cluster = cluster;
    this.table = new FreeTable(cluster.machines, cluster.classes, cluster.constraints);
    this.lent = new Float64Array(cluster.space.size);
  }

  /** Takes all that is free on machines that are up: `totals`, of this instant. @throws LedgerError when it is out already. */
  take(framework: FrameworkId, totals: FreeTotals): void {
    const { table, cluster } = this;
    const { free } = cluster;
    if (this.framework !== NONE)
      throw new LedgerError(`the cell is lent to framework ${this.framework} by this offer`);
    this.framework = framework;
    table.addRows();
    this.exchange();
    free.changes.forget();
    table.changes.forget();
    this.cursor = free.changes.head;
    table.open.set(free.open.subarray(0, free.count));
    for (const machine of totals.closed) this.leave(machine);
    this.lent.set(totals.amounts);
    for (let d = 0; d < table.dims; d++) cluster.offered.count(framework, d, this.lent[d]);
    cluster.offered.wholeCells.add(table);
  }

  /** Gives back what it has: whoever took something out of its table has put it back. */
  giveBack(): void {
    const { table, cluster } = this;
    const { changes, count } = cluster.free;
    if (changes.remembers(this.cursor)) {
      // What few rows the ledger has gained meanwhile go into the large table, which then becomes the ledger's.
      for (let i = this.cursor; i < changes.head; i++) this.moveRow(changes.at(i), cluster.free, table);
      this.exchange();
    } else {
      for (let machine = 0; machine < count; machine++) this.moveRow(machine, table, cluster.free);
    }
    table.open.fill(0);
    this.uncount(this.lent);
    cluster.offered.wholeCells.delete(table);
    this.framework = NONE;
    changes.forget();
  }

  /** Gives one machine back, which is about to leave. */
  giveBackMachine(machine: MachineId): void {
    const { table } = this;
    const row = machine * table.dims;
    this.uncount(table.free.slice(row, row + table.dims));
    table.setOpen(machine, false);
    this.leave(machine);
  }

  /** What is free on this machine is the ledger's again, which takes note of it for the day of giving back. */
  private leave(machine: MachineId): void {
    this.moveRow(machine, this.table, this.cluster.free);
    this.cluster.free.changes.record(machine);
  }

  private uncount(amounts: ArrayLike<number>): void {
    for (let d = 0; d < this.lent.length; d++) {
      this.cluster.offered.count(this.framework, d, -amounts[d]);
      this.lent[d] -= amounts[d];
    }
  }

  private exchange(): void {
    const { table } = this;
    const { free } = this.cluster;
    [table.free, free.free] = [free.free, table.free];
    [table.gpuFree, free.gpuFree] = [free.gpuFree, table.gpuFree];
  }

  private moveRow(machine: MachineId, from: FreeTable, to: FreeTable): void {
    const start = machine * from.dims;
    for (let i = start; i < start + from.dims; i++) {
      to.free[i] += from.free[i];
      from.free[i] = 0;
    }
    const { gpuStart } = from.machines;
    for (let device = gpuStart[machine]; device < gpuStart[machine + 1]; device++) {
      to.gpuFree[device] += from.gpuFree[device];
      from.gpuFree[device] = 0;
    }
  }
}
