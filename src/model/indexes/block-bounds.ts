import { NONE } from '../ledger/columns.js';
import type { FreeTable } from '../ledger/free-table.js';
import type { MachineId } from '../ledger/machine.js';
import type { TaskClassId } from '../ledger/task-classes.js';

const BLOCK_BITS = 6;
const BLOCK = 1 << BLOCK_BITS;

/**
 * Finds the lowest-ranked machine that fits, by bounds on the free resources of neighbouring machines.
 *
 * Machines form blocks of 64. Each block has an upper bound of the free amount on any of its machines, per dimension.
 * Blocks with too small a bound are skipped. A bound is raised when a machine gains resources. It is made exact only
 * after a search of the block found nothing. So a change costs one comparison per dimension. The answer is exact: it
 * equals that of a scan over all machines (test/model/first-fit-index.test.ts).
 */
export class BlockBounds {
  /** Number of blocks and machines checked for the last answer. */
  looks = 0;
  private readonly table: FreeTable;
  private readonly dims: number;
  private blocks = 0;
  /** `bound[block * dims + dimension]`; -1 if no machine of the block is open. */
  private bound = new Int32Array(0);
  private cursor = 0;
  private rows = 0;

  constructor(table: FreeTable) {
    this.table = table;
    this.dims = table.dims;
  }

  /** The first machine of rank `from` or higher that fits a task of this class, or NONE. */
  first(taskClass: TaskClassId, from: MachineId = 0): MachineId {
    this.catchUp();
    const dims = this.dims;
    const demand = this.table.classes.demand;
    const want = taskClass * dims;
    let looks = 0;
    for (let block = from >> BLOCK_BITS; block < this.blocks; block++) {
      let possible = true;
      looks++;
      for (let d = 0; d < dims; d++) {
        if (this.bound[block * dims + d] < demand[want + d]) {
          possible = false;
          break;
        }
      }
      if (!possible) continue;
      const start = block << BLOCK_BITS;
      const end = Math.min(start + BLOCK, this.rows);
      looks += end - start;
      for (let machine = Math.max(start, from); machine < end; machine++) {
        if (!this.table.fits(machine, taskClass)) continue;
        this.looks = looks;
        return machine;
      }
      this.measure(block);
    }
    this.looks = looks;
    return NONE;
  }

  /** Number of checks needed to update the bounds, which the next answer does. */
  updateCost(): number {
    const { changes, count } = this.table;
    const isFollowing = this.rows === count && changes.remembers(this.cursor);
    return isFollowing ? changes.head - this.cursor : count;
  }

  private catchUp(): void {
    const changes = this.table.changes;
    if (this.rows !== this.table.count || !changes.remembers(this.cursor)) {
      this.rebuild();
    } else {
      for (let i = this.cursor; i < changes.head; i++) this.raise(changes.at(i));
    }
    this.cursor = changes.head;
  }

  private rebuild(): void {
    this.rows = this.table.count;
    this.blocks = (this.rows + BLOCK - 1) >> BLOCK_BITS;
    this.bound = new Int32Array(this.blocks * this.dims);
    for (let block = 0; block < this.blocks; block++) this.measure(block);
  }

  private raise(machine: MachineId): void {
    if (this.table.open[machine] === 0) return;
    const dims = this.dims;
    let row = machine * dims;
    let bound = (machine >> BLOCK_BITS) * dims;
    for (let d = 0; d < dims; d++, row++, bound++) {
      if (this.table.free[row] > this.bound[bound]) this.bound[bound] = this.table.free[row];
    }
  }

  private measure(block: number): void {
    const dims = this.dims;
    this.bound.fill(-1, block * dims, (block + 1) * dims);
    const end = Math.min((block + 1) << BLOCK_BITS, this.rows);
    for (let machine = block << BLOCK_BITS; machine < end; machine++) this.raise(machine);
  }
}
