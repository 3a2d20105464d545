import type { Cluster } from './cluster.js';
import { NONE } from './columns.js';
import type { FrameworkId } from './framework.js';
import { FreeTable } from './free-table.js';
import type { FreeTotals } from './free-totals.js';
import { LedgerError } from './ledger-error.js';
import type { MachineId } from './machine.js';

/**
 * An offer of all free resources of a cell to one framework: the pessimistic lock of Mesos in the model of the Omega
 * paper (Schwarzkopf et al., EuroSys 2013, section 3.3). Resources that become free meanwhile stay in the ledger, and
 * can be offered too.
 *
 * The two tables exchange their columns instead of copying amounts. In the reference simulator, this copy makes offers
 * twenty times as expensive as the monolithic scheduler.
 */
export class ExclusiveOffer {
  readonly table: FreeTable;
  /** The framework that has the offer, or NONE. */
  framework: FrameworkId = NONE;
  /** Offered amounts, per dimension. */
  readonly lent: Float64Array;
  private readonly cluster: Cluster;
  private cursor = 0;

  constructor(cluster: Cluster) {
    this.cluster = cluster;
    this.table = new FreeTable(cluster.machines, cluster.classes, cluster.constraints);
    this.lent = new Float64Array(cluster.space.size);
  }

  /**
   * Takes all free resources on machines that are up. `totals` must be current. @throws LedgerError when the offer is
   * open already.
   */
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

  /** Returns the offer. Claims on its table must have been undone before. */
  giveBack(): void {
    const { table, cluster } = this;
    const { changes, count } = cluster.free;
    if (changes.remembers(this.cursor)) {
      // The few rows that the ledger has gained meanwhile are moved into the large table, which then becomes the
      // ledger's.
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

  /** Returns one machine that is about to leave. */
  giveBackMachine(machine: MachineId): void {
    const { table } = this;
    const row = machine * table.dims;
    this.uncount(table.free.slice(row, row + table.dims));
    table.setOpen(machine, false);
    this.leave(machine);
  }

  /** Moves the free resources of the machine to the ledger and records the change for `giveBack`. */
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
