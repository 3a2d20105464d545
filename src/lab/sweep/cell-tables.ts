import type { Summary } from '../../metrics/catalogue/catalogue.js';
import {
  numberColumn,
  RUN_KEY_COLUMNS,
  type RunKey,
  type TableColumn,
  textColumn,
} from '../../metrics/files/run-table.js';
import { binTimes } from '../../metrics/files/series-csv.js';
import type { RunRecord } from '../../metrics/run-record.js';
import type { TableRows, TableValue } from '../../results/files/parquet-table.js';
import { unitOfMetric } from '../../results/files/table-schema.js';

/** What identifies the rows of a run in every table. */
export interface CellKey extends RunKey {
  readonly cell: string;
}

/** Columns before those of a table itself. A merged table has the axes of its sweep after them. */
export const KEY_COLUMNS: readonly TableColumn[] = [textColumn('cell'), ...RUN_KEY_COLUMNS];

function keyData({ cell, policy, seed }: CellKey, rows: number): TableValue[][] {
  return [cell, policy, seed].map((text) => new Array<TableValue>(rows).fill(text));
}

/** `runs`: one row for a run, with a column for each number of its summary. */
export function runsTable(key: CellKey, summary: Summary): TableRows {
  const numbers = numbersOf(summary);
  const { run } = summary;
  const facts: [TableColumn, TableValue][] = [
    [textColumn('workload'), run.workload.name],
    [numberColumn('machines_at_start'), run.machines.count],
    [numberColumn('run_seconds'), run.length],
    [numberColumn('warm_up_seconds'), run.warmUp?.seconds ?? 0],
    [textColumn('policy_digest'), run.policy.digest ?? null],
  ];
  return {
    columns: [
      ...KEY_COLUMNS,
      ...facts.map(([column]) => column),
      ...numbers.map(([name]) => numberColumn(name)),
    ],
    data: [...keyData(key, 1), ...facts.map(([, value]) => [value]), ...numbers.map(([, value]) => [value])],
  };
}

/** `metrics`: the same numbers in long form, one row for each, with its unit. */
export function metricsTable(key: CellKey, summary: Summary): TableRows {
  const numbers = numbersOf(summary);
  return {
    columns: [...KEY_COLUMNS, textColumn('metric'), numberColumn('value'), textColumn('unit')],
    data: [
      ...keyData(key, numbers.length),
      numbers.map(([name]) => name),
      numbers.map(([, value]) => value),
      numbers.map(([name]) => unitOfMetric(name)),
    ],
  };
}

/** `series`: one row for each interval of time. */
export function seriesTable(key: CellKey, { series }: RunRecord): TableRows {
  const times = binTimes(series);
  return {
    columns: [
      ...KEY_COLUMNS,
      numberColumn('time'),
      numberColumn('seconds'),
      ...series.columns.map(({ name }) => numberColumn(name)),
    ],
    data: [
      ...keyData(key, times.length),
      times.map(({ time }) => time),
      times.map(({ seconds }) => seconds),
      ...series.columns.map(({ values }) => [...values]),
    ],
  };
}

/** `jobs`: the lines of `jobs.csv`, which have these columns. */
export function jobsTable(
  key: CellKey,
  columns: readonly TableColumn[],
  lines: readonly (readonly string[])[],
): TableRows {
  const own = columns
    .map((column, i) => ({ column, i }))
    .filter(({ column }) => KEY_COLUMNS.every(({ name }) => name !== column.name));
  const value = (text: string, { kind }: TableColumn) => {
    if (text === '') return null;
    return kind === 'text' ? text : Number(text);
  };
  return {
    columns: [...KEY_COLUMNS, ...own.map(({ column }) => column)],
    data: [
      ...keyData(key, lines.length),
      ...own.map(({ column, i }) => lines.map((line) => value(line[i], column))),
    ],
  };
}

/** The numbers of a summary by path; null where the value does not exist. */
function numbersOf({ run: _run, schema: _schema, ...summary }: Summary): [string, number | null][] {
  const found: [string, number | null][] = [];
  const visit = (value: unknown, path: string) => {
    if (typeof value === 'number' || value === null) found.push([path, value]);
    else if (typeof value === 'object' && !Array.isArray(value))
      for (const [name, inner] of Object.entries(value)) visit(inner, path === '' ? name : `${path}.${name}`);
  };
  visit(summary, '');
  return found;
}
