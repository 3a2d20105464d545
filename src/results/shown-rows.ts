import type { Summary } from '../metrics/catalogue/catalogue.js';
import { type ComparedMetric, type Comparison, isShort } from './comparison.js';

/** The rows of a table, and how many rows of the short table it leaves out. */
export interface ShownRows {
  readonly rows: readonly ComparedMetric[];
  /** Rows that are equal under every policy. */
  readonly equal: number;
}

/**
 * The rows of the short table, or with `all` every row with a value. The short table leaves out rows that are equal under every
 * policy and seed, and a makespan that is the length of the run.
 */
export function shownRows({ columns, rows }: Comparison, { all }: { readonly all: boolean }): ShownRows {
  const known = rows.filter((row) => row.values.some((value) => value !== undefined));
  if (all) return { rows: known, equal: 0 };
  const summaries = columns.flatMap((column) => column.summaries);
  const short = known.filter((row) => isShort(row) && !isCutMakespan(row, summaries));
  const different = columns.length < 2 ? short : short.filter((row) => !isEqual(row));
  // If nothing differs, the values are worth showing.
  if (different.length === 0) return { rows: short, equal: 0 };
  return { rows: different, equal: short.length - different.length };
}

/** No column differs from the reference under any seed. */
function isEqual({ values, differences }: ComparedMetric): boolean {
  return (
    values.every((value) => value !== undefined) &&
    differences.every(
      (difference) =>
        difference === undefined || (difference.mean === 0 && !((difference.halfWidth ?? 0) > 0)),
    ) &&
    differences.some((difference) => difference !== undefined)
  );
}

/** A run that is cut at its horizon has the horizon as makespan, so it tells nothing of the policy. */
function isCutMakespan({ metric }: ComparedMetric, summaries: readonly Summary[]): boolean {
  if (metric.key !== 'makespan') return false;
  return summaries.every(({ makespan, run }) => run.horizon !== null && makespan === run.horizon);
}
