import { grown } from '../columns.js';
import type { FreeTable } from '../free-table.js';

/**
 * The number of each machine's latest change in a table's log, so that a reader who is far behind meets each machine once,
 * and can catch up even when the log's ring has forgotten: it then goes by machines instead of by changes.
 */
export class LatestChanges {
  /** Changes so far; those below it are in `of`. */
  head = 0;
  /** Rows of the table that are covered. */
  rows = 0;
  /** `of[machine]`: number of its latest change; of one that was forgotten, a number that is not lower. */
  of = new Float64Array(0);
  private readonly table: FreeTable;

  constructor(table: FreeTable) {
    this.table = table;
  }

  update(): void {
    const { changes, count } = this.table;
    if (this.head === changes.head && this.rows === count) return;
    if (this.rows !== count || !changes.remembers(this.head)) {
      this.rows = count;
      this.of = grown(this.of, count);
      this.of.fill(changes.head - 1);
    } else {
      const { of } = this;
      for (let i = this.head; i < changes.head; i++) of[changes.at(i)] = i;
    }
    this.head = changes.head;
  }
}
