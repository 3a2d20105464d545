import { NONE, type TaskId } from '../contract.js';
import { isBefore, type WaitingEntries } from './waiting-entries.js';

/** More than any machine has. */
const NEVER = 0x7fffffff;

/** Writes what a task needs, one number per column, into `into` from `at` on. */
export type ReadNeed = (task: TaskId, into: Int32Array, at: number) => void;

/**
 * Waiting tasks in a fixed order, with a tree of the least needs. So the next task that needs at most given amounts is found
 * without a look at all tasks: in O(log n) where one amount is scarce; where several are, also the parts of the tree are visited
 * in which different tasks have the least needs.
 */
export class DemandRun {
  readonly length: number;
  /** Entries that have not been removed. */
  live: number;
  /** NONE where an entry was removed. */
  readonly tasks: Int32Array;
  readonly keys: Float64Array;
  readonly joined: Float64Array;
  private readonly columns: number;
  /** Number of leaves of the tree: a power of two. */
  private readonly size: number;
  /** `least[node * columns + column]`. Node 1 is the root, and node n has the children 2n and 2n + 1. */
  private readonly least: Int32Array;

  /** `entries` must be in order. */
  constructor(entries: WaitingEntries, columns: number, read: ReadNeed) {
    const { length } = entries;
    this.length = length;
    this.live = length;
    this.tasks = entries.tasks.slice(0, length);
    this.keys = entries.keys.slice(0, length);
    this.joined = entries.joined.slice(0, length);
    this.columns = columns;
    this.size = 2 ** Math.ceil(Math.log2(Math.max(1, length)));
    this.least = new Int32Array(2 * this.size * columns).fill(NEVER, (this.size + length) * columns);
    for (let i = 0; i < length; i++) read(this.tasks[i], this.least, (this.size + i) * columns);
    for (let node = this.size - 1; node > 0; node--) this.measure(node);
  }

  /** The first entry at `from` or behind it that needs at most `amounts`; its length if there is none. */
  next(from: number, amounts: Int32Array): number {
    if (from >= this.length) return this.length;
    const { size } = this;
    let node = size + from;
    for (;;) {
      if (this.suffices(node, amounts)) {
        if (node >= size) return node - size;
        node *= 2;
        continue;
      }
      while ((node & 1) === 1) node >>= 1;
      // The way up ended above the root: all entries behind `from` have been looked at.
      if (node === 0) return this.length;
      node++;
    }
  }

  /** The first entry behind this place. */
  firstBehind(key: number, joined: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBefore(key, joined, this.keys[middle], this.joined[middle])) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  remove(index: number): void {
    if (this.tasks[index] === NONE) return;
    this.tasks[index] = NONE;
    this.live--;
    let node = this.size + index;
    this.least.fill(NEVER, node * this.columns, (node + 1) * this.columns);
    for (node >>= 1; node > 0; node >>= 1) this.measure(node);
  }

  /** May an entry below this node need at most these amounts? At a leaf: does it? */
  private suffices(node: number, amounts: Int32Array): boolean {
    const { columns, least, size } = this;
    for (let c = 0, at = node * columns; c < columns; c++, at++) if (least[at] > amounts[c]) return false;
    return node < size || (node - size < this.length && this.tasks[node - size] !== NONE);
  }

  private measure(node: number): void {
    const { columns, least } = this;
    for (let c = 0; c < columns; c++) {
      const left = least[2 * node * columns + c];
      const right = least[(2 * node + 1) * columns + c];
      least[node * columns + c] = Math.min(left, right);
    }
  }
}
