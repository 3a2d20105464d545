import { type Column, grown } from '../ledger/columns.js';
import type { FrameworkId } from '../ledger/framework.js';
import type { FreeTable } from '../ledger/free-table.js';
import type { MachineId } from '../ledger/machine.js';
import type { Micros } from '../micros.js';

/**
 * Resources that frameworks have refused, with the expiry of each refusal. A filter blocks an offer of a machine if and
 * only if the refused amounts contain the whole new offer. So a machine with more free than was refused is offered
 * again (Mesos, hierarchical allocator, RefusedOfferFilter). A later refusal of the same machine replaces the earlier
 * one.
 */
export class OfferFilters {
  private readonly dims: number;
  private readonly rows: (FilterRows | undefined)[] = [];

  constructor(dims: number) {
    this.dims = dims;
  }

  /** The framework refuses the free resources of the machine in `table` until `expiry`. */
  refuse(framework: FrameworkId, machine: MachineId, table: FreeTable, expiry: Micros): void {
    let rows = this.rows[framework];
    if (rows === undefined) {
      rows = { expiry: new Float64Array(0), refused: new Int32Array(0) };
      this.rows[framework] = rows;
    }
    rows.expiry = grown(rows.expiry, table.count);
    rows.refused = grown(rows.refused, table.count * this.dims);
    rows.expiry[machine] = expiry;
    for (let d = 0; d < this.dims; d++) {
      rows.refused[machine * this.dims + d] = table.free[machine * this.dims + d];
    }
  }

  /** Whether an offer of all free resources of the machine, or of `part`, is blocked. */
  blocks(framework: FrameworkId, machine: MachineId, table: FreeTable, now: Micros, part?: Column): boolean {
    const rows = this.rows[framework];
    if (rows === undefined || !(rows.expiry[machine] > now)) return false;
    for (let d = 0; d < this.dims; d++) {
      const row = machine * this.dims + d;
      if ((part === undefined ? table.free[row] : part[d]) > rows.refused[row]) return false;
    }
    return true;
  }

  /** Removes all filters of a framework that revived. */
  drop(framework: FrameworkId): void {
    this.rows[framework]?.expiry.fill(0);
  }

  /** The earliest expiry after `now` among the filters of a framework; Infinity if there is none. */
  nextExpiry(framework: FrameworkId, now: Micros): Micros {
    const rows = this.rows[framework];
    let next = Number.POSITIVE_INFINITY;
    if (rows === undefined) return next;
    for (let machine = 0; machine < rows.expiry.length; machine++) {
      const expiry = rows.expiry[machine];
      if (expiry > now && expiry < next) next = expiry;
    }
    return next;
  }
}

interface FilterRows {
  expiry: Float64Array;
  refused: Int32Array;
}
