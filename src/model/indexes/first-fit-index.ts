import type { FreeTable } from '../free-table.js';
import type { MachineId } from '../machine.js';
import type { TaskClassId } from '../task-classes.js';
import { BlockBounds } from './block-bounds.js';
import { FitBits } from './fit-bits.js';

/** A class that has missed more changes than this is answered by the bounds: catching up would cost more than they do. */
const CATCH_UP = 256;

/** What the bits of one table may take; classes beyond it are answered by the bounds. */
const MAX_BYTES = 16 * 2 ** 20;

/**
 * The lowest-ranked machine that fits, without looking at every machine: exact, the answer of a scan
 * (test/model/first-fit-index.test.ts).
 *
 * Task classes that come again and again have a bit per machine (FitBits), and of the machines only those that changed since the class was
 * last asked for are looked at. Others go by bounds of blocks of machines. A class gets its bits, or new ones after it was away for long,
 * once the looks that it has cost without them add up to a look at every machine, so that bits never double the work.
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
    const { table } = this;
    const isCurrent =
      bits.machines === table.count &&
      bits.generation === table.classes.generation[taskClass] &&
      table.changes.head - bits.seen <= CATCH_UP;
    if (isCurrent) {
      if (bits.seen !== table.changes.head) bits.catchUp(taskClass);
      return bits.first(taskClass, from);
    }
    if (bits.debt >= table.count) {
      bits.rebuild(taskClass);
      return bits.first(taskClass, from);
    }
    const machine = this.bounds.first(taskClass, from);
    bits.debt += this.bounds.looks;
    return machine;
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
