/**
 * The latest changes of a table of machines, as a ring of machine ids. Indexes and snapshots keep a cursor into it and
 * bring themselves up to date when they are asked, so the ledger knows nothing of them and pays one store per change.
 */
export class ChangeLog {
  /** Number of changes ever recorded. */
  head = 0;
  private readonly ring: Int32Array;
  private readonly mask: number;

  /** `size` is rounded up to a power of two. */
  constructor(size = 4096) {
    const length = 2 ** Math.ceil(Math.log2(Math.max(2, size)));
    this.ring = new Int32Array(length);
    this.mask = length - 1;
  }

  record(machine: number): void {
    this.ring[this.head & this.mask] = machine;
    this.head++;
  }

  /** Everything may have changed: every reader must start anew. */
  forget(): void {
    this.head += this.ring.length + 1;
  }

  /** False when more happened since `cursor` than the ring remembers: the reader must start anew. */
  remembers(cursor: number): boolean {
    return this.head - cursor <= this.ring.length;
  }

  /** The machine of change number `index`, for cursor <= index < head. */
  at(index: number): number {
    return this.ring[index & this.mask];
  }
}
