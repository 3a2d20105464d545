import type { FreeTable } from '../ledger/free-table.js';
import type { MachineId } from '../ledger/machine.js';
import type { TaskClassId } from '../ledger/task-classes.js';
import { BlockBounds } from './block-bounds.js';
import { FitBits } from './fit-bits.js';

/** Up to this number of checks an update is always worth it, because an answer by the bounds costs about as much. */
const ALWAYS = 512;

/** Maximum size of the bits of one table. Further classes are answered by the bounds. */
const MAX_BYTES = 16 * 2 ** 20;

/**
 * Finds the lowest-ranked machine that fits, without a scan of all machines. The answer is exact: it equals that of a
 * scan (test/model/first-fit-index.test.ts).
 *
 * Recurring task classes have a bit per machine (FitBits). Only machines that changed since the last query of the class
 * are checked. Other classes use bounds of blocks of machines. The bits of a class are built, or updated after a long
 * time, once the checks without them add up to the cost of that. So bits at most double the work.
 */
export class FirstFitIndex {
  private readonly table: FreeTable;
  private readonly bounds: BlockBounds;
  private readonly bits: (FitBits | undefined)[] = [];
  private readonly maxBytes: number;
  private bytes = 0;

  constructor(table: FreeTable, maxBytes = MAX_BYTES) {
    this.table = table;
    this.bounds = new BlockBounds(table);
    this.maxBytes = maxBytes;
  }

  /** The first machine of rank `from` or higher that fits a task of this class, or NONE. */
  first(taskClass: TaskClassId, from: MachineId = 0): MachineId {
    const bits = this.bits[taskClass] ?? this.admit(taskClass);
    if (bits === undefined) return this.bounds.first(taskClass, from);
    const cost = this.updateCost(bits, taskClass);
    if (cost <= ALWAYS || cost <= bits.debt || cost < this.bounds.updateCost()) {
      this.update(bits, taskClass);
      return bits.first(taskClass, from);
    }
    const machine = this.bounds.first(taskClass, from);
    bits.debt += this.bounds.looks;
    return machine;
  }

  /** Number of checks needed to update the bits. */
  private updateCost(bits: FitBits, taskClass: TaskClassId): number {
    const missed = this.table.changes.head - bits.seen;
    return this.isFollowing(bits, taskClass) && missed < this.table.count ? missed : this.table.count;
  }

  private update(bits: FitBits, taskClass: TaskClassId): void {
    if (bits.seen === this.table.changes.head && this.isFollowing(bits, taskClass)) return;
    if (this.updateCost(bits, taskClass) < this.table.count) bits.catchUp(taskClass);
    else bits.rebuild(taskClass);
    bits.debt = 0;
  }

  /** Whether the bits belong to this class and these machines, and the change log has all changes since. */
  private isFollowing(bits: FitBits, taskClass: TaskClassId): boolean {
    const { table } = this;
    return (
      bits.machines === table.count &&
      bits.generation === table.classes.generation[taskClass] &&
      table.changes.remembers(bits.seen)
    );
  }

  private admit(taskClass: TaskClassId): FitBits | undefined {
    const bytes = FitBits.bytes(this.table.count);
    if (this.bytes + bytes > this.maxBytes) return undefined;
    this.bytes += bytes;
    const bits = new FitBits(this.table);
    this.bits[taskClass] = bits;
    return bits;
  }
}
