import type { Check } from '../study.js';
import { COLUMNS, type Table } from './columns.js';

/** A row of a published table and our row for the same seed. */
export interface RowPair {
  readonly published: readonly number[];
  readonly ours: readonly number[];
}

/** The published cells have two decimals. Our cells may differ by one unit of the last digit. */
const CELL_TOLERANCE = 0.01;
const ROUNDING_SLACK = 1e-9;

/** Allowed difference of two means of a random policy, in standard deviations of the difference. */
const SPREAD = 3;

/** Compares every cell of a deterministic policy with the published one. */
export function compareCells(what: string, table: Table, rows: readonly RowPair[]): Check {
  const differences = rows.flatMap(({ published, ours }) =>
    published.map((value, column) => Math.abs(ours[column] - value)),
  );
  const equal = differences.filter((difference) => difference <= CELL_TOLERANCE + ROUNDING_SLACK).length;
  const largest = differences.reduce((a, b) => Math.max(a, b), 0);
  return {
    ...lastColumnMeans(what, table, rows),
    difference: `${equal} of ${differences.length} cells within 0.01, largest ${largest.toFixed(4)}`,
    passed: equal === differences.length,
  };
}

/**
 * Compares the means over the seeds of a random policy with the published means, column by column, because the random draws
 * differ. The standard deviation is that of all `published` rows, including seeds that were not run. It is 0 for fewer than two rows.
 */
export function compareSpread(
  what: string,
  table: Table,
  rows: readonly RowPair[],
  published: readonly (readonly number[])[],
): Check {
  let within = 0;
  let largest = 0;
  for (let column = 0; column < COLUMNS; column++) {
    const difference = Math.abs(meanAt(rows, 'ours', column) - meanAt(rows, 'published', column));
    // Standard deviation of the difference of two means over `rows.length` draws each.
    const deviation = standardDeviation(published.map((row) => row[column])) * Math.sqrt(2 / rows.length);
    if (difference <= CELL_TOLERANCE + ROUNDING_SLACK + SPREAD * deviation) within++;
    largest = Math.max(largest, difference);
  }
  return {
    ...lastColumnMeans(what, table, rows),
    difference: `${within} of ${COLUMNS} means within ${SPREAD} sd, largest ${largest.toFixed(2)}`,
    passed: within === COLUMNS,
    verdict: 'in range',
  };
}

function lastColumnMeans(
  what: string,
  table: Table,
  rows: readonly RowPair[],
): Pick<Check, 'what' | 'published' | 'ours'> {
  const text = (side: keyof RowPair) => `${meanAt(rows, side, COLUMNS - 1).toFixed(2)} %`;
  return { what: `${what}: ${table.replace('_', ' ')}`, published: text('published'), ours: text('ours') };
}

function meanAt(rows: readonly RowPair[], side: keyof RowPair, column: number): number {
  return rows.reduce((sum, row) => sum + row[side][column], 0) / rows.length;
}

/** Sample standard deviation; 0 for fewer than two values. */
function standardDeviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1));
}
