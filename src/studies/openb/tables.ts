import type { Check } from '../study.js';
import { COLUMNS, type Table } from './columns.js';

/** A row of a published table, and ours of the same seed. */
export interface RowPair {
  readonly published: readonly number[];
  readonly ours: readonly number[];
}

/** The published cells have two decimals: ours may differ by one of the last. */
const CELL_TOLERANCE = 0.01;
const ROUNDING_SLACK = 1e-9;

/** Two means over the same seeds of a policy that draws may lie so many standard deviations of their difference apart. */
const SPREAD = 3;

/** Every cell of a deterministic policy against the published one. */
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
 * The means over the seeds of a policy that draws, column by column, against the published ones: neither side can repeat the
 * draws of the other. The spread is that of all `published` rows, asked for or not; it takes at least two to tell it.
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
    // Of the difference of two means of so many draws each.
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

/** Of a sample; 0 for fewer than two. */
function standardDeviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1));
}
