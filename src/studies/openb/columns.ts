import type { PackingLine } from './packing-log.js';

/** The published tables, by the names of their files. */
export const TABLES = ['allocation', 'fragmentation', 'fragmentation_ratio'] as const;

/** A published table. */
export type Table = (typeof TABLES)[number];

/** Columns 0 to 130: demanded GPUs of all arrivals so far, in per cent of the capacity. */
export const COLUMNS = 131;

/**
 * A row of a published table. The lines are grouped by the arrived demand in whole per cent of the GPU capacity (rounded, ties to
 * even), and a column is the mean of its lines. A column without lines is the mean of the lines of its neighbours. `capacity` is in
 * thousandths of a GPU.
 *
 * The rounding to two decimals is inferred from the published digits. Lines of allocation and ratio are rounded before the mean,
 * means of allocation and fragmentation after it.
 */
export function columnsOf(table: Table, lines: readonly PackingLine[], capacity: number): number[] {
  const sums = new Float64Array(COLUMNS + 2);
  const counts = new Float64Array(COLUMNS + 2);
  for (const line of lines) {
    const column = roundHalfEven((100 * line.arrived) / capacity);
    if (column > COLUMNS) continue;
    sums[column] += percentage(table, line, capacity);
    counts[column]++;
  }
  return Array.from({ length: COLUMNS }, (_, column) => {
    const isEmpty = counts[column] === 0;
    const from = isEmpty ? Math.max(0, column - 1) : column;
    const to = isEmpty ? column + 1 : column;
    const mean = total(sums, from, to) / total(counts, from, to);
    return table === 'fragmentation_ratio' ? mean : twoDecimals(mean);
  });
}

function percentage(table: Table, line: PackingLine, capacity: number): number {
  switch (table) {
    case 'allocation':
      return twoDecimals((100 * line.used) / capacity);
    case 'fragmentation':
      return (100 * line.fragmented) / capacity;
    case 'fragmentation_ratio':
      return twoDecimals((100 * line.fragmented) / (capacity - line.used));
  }
}

function total(values: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i <= to; i++) sum += values[i];
  return sum;
}

function twoDecimals(value: number): number {
  return Number(value.toFixed(2));
}

function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}
