/** The id for no machine, no task or no framework. */
export const NONE = -1;

/** A read-only view of a typed array, for the policies' access to the ledger's columns. */
export interface Column {
  readonly [index: number]: number;
  readonly length: number;
}

type Grown = Int32Array | Float64Array | Uint8Array;

/** Returns `column` if it has at least `length` entries. Otherwise returns a larger copy whose new entries are `fill`. */
export function grown<T extends Grown>(column: T, length: number, fill = 0): T {
  if (column.length >= length) return column;
  const Kind = column.constructor as new (length: number) => T;
  const larger = new Kind(Math.max(length, column.length * 2, 16));
  larger.set(column);
  if (fill !== 0) larger.fill(fill, column.length);
  return larger;
}

/** Sets an entry of a sparse column. The column stays empty as long as no row has a value. */
export function setFact<T>(column: (T | undefined)[], row: number, value: T | undefined): void {
  if (value !== undefined || row < column.length) column[row] = value;
}

/** One step of a hash over 32-bit words, with the multiplier of Knuth's multiplicative hashing (TAOCP 3, section 6.4). */
export function mixed(hash: number, word: number): number {
  return Math.imul(hash ^ word ^ (hash >>> 16), 0x9e3779b1);
}
