import { rowAt, TaskBatch } from '../../workloads/trace.js';

/** Number of a held row. Numbers are used again. */
export type HeldRow = number;

const BLOCK = 256;

/** Copies of rows that wait for others, because a batch of the trace would keep all of its rows in memory. */
export class HeldRows {
  private readonly blocks: TaskBatch[] = [];
  private readonly unused: HeldRow[] = [];
  private readonly dims: number;
  private bound = 0;

  constructor(dims: number) {
    this.dims = dims;
  }

  add(batch: TaskBatch, row: number): HeldRow {
    const held = this.unused.pop() ?? this.bound++;
    const at = Math.floor(held / BLOCK);
    this.blocks[at] ??= new TaskBatch(this.dims, BLOCK);
    this.blocks[at].set(held % BLOCK, rowAt(batch, row));
    return held;
  }

  batchOf(held: HeldRow): TaskBatch {
    return this.blocks[Math.floor(held / BLOCK)];
  }

  rowOf(held: HeldRow): number {
    return held % BLOCK;
  }

  remove(held: HeldRow): void {
    this.unused.push(held);
  }
}
