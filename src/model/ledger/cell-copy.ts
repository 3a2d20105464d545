import { FreeTable } from './free-table.js';
import type { MachineId } from './machine.js';

/**
 * A private copy of a table of free resources, one per scheduler over shared state (Schwarzkopf et al., Omega, EuroSys
 * 2013, section 3.4). Between syncs, the copy is independent: it does not show the changes of others, and its own
 * changes affect no other table.
 *
 * A sync follows the change logs of both tables. Its cost is the number of rows changed on either side since the last
 * sync.
 */
export class CellCopy {
  readonly table: FreeTable;
  private readonly original: FreeTable;
  private originalCursor = 0;
  private ownCursor = 0;

  constructor(original: FreeTable) {
    this.original = original;
    this.table = new FreeTable(original.machines, original.classes, original.constraints);
  }

  /** Makes the copy equal to the original. */
  sync(): void {
    const theirs = this.original.changes;
    const own = this.table.changes;
    const isSmall = theirs.remembers(this.originalCursor) && own.remembers(this.ownCursor);
    if (this.table.count !== this.original.count || !isSmall) {
      this.copyAll();
    } else {
      // Copying a row also records a change in the copy, but the ring drops entries no faster than they are read here.
      const end = own.head;
      for (let i = this.ownCursor; i < end; i++) this.copyRow(own.at(i));
      for (let i = this.originalCursor; i < theirs.head; i++) this.copyRow(theirs.at(i));
    }
    this.originalCursor = theirs.head;
    this.ownCursor = own.head;
  }

  private copyAll(): void {
    const { table, original } = this;
    table.addRows();
    table.free.set(original.free.subarray(0, original.count * original.dims));
    table.open.set(original.open.subarray(0, original.count));
    table.gpuFree.set(original.gpuFree.subarray(0, original.machines.gpuStart[original.count]));
    table.changes.forget();
  }

  private copyRow(machine: MachineId): void {
    const { table, original } = this;
    const start = machine * table.dims;
    for (let i = start; i < start + table.dims; i++) table.free[i] = original.free[i];
    table.open[machine] = original.open[machine];
    const { gpuStart } = original.machines;
    for (let device = gpuStart[machine]; device < gpuStart[machine + 1]; device++)
      table.gpuFree[device] = original.gpuFree[device];
    table.changes.record(machine);
  }
}
