import type { Summary } from '../../metrics/catalogue/catalogue.js';
import type { RunRecord } from '../../metrics/run-record.js';
import type { TableColumn, TableRows, TableValue } from '../../results/files/parquet-table.js';
import { pathKind } from '../../results/metric-paths.js';

/** What identifies the rows of a run in every table. */
export interface CellKey {
  readonly cell: string;
  readonly policy: string;
  readonly seed: string;
}

/** Columns before those of a table itself. A merged table has the axes of its sweep after them. */
export const KEY_COLUMNS: readonly TableColumn[] = ['cell', 'policy', 'seed'].map((name) => ({
  name,
  kind: 'text',
}));

function keyData({ cell, policy, seed }: CellKey, rows: number): TableValue[][] {
  return [cell, policy, seed].map((text) => new Array<TableValue>(rows).fill(text));
}

/** `runs`: one row for a run, with a column for each number of its summary. */
export function runsTable(key: CellKey, summary: Summary): TableRows {
  const numbers = numbersOf(summary);
  const { run } = summary;
  const facts: [TableColumn, TableValue][] = [
    [{ name: 'workload', kind: 'text' }, run.workload.name],
    [{ name: 'machines_at_start', kind: 'number' }, run.machines.count],
    [{ name: 'run_seconds', kind: 'number' }, run.length],
    [{ name: 'policy_digest', kind: 'text' }, run.policy.digest ?? null],
  ];
  return {
    columns: [
      ...KEY_COLUMNS,
      ...facts.map(([column]) => column),
      ...numbers.map(([name]): TableColumn => ({ name, kind: 'number' })),
    ],
    data: [...keyData(key, 1), ...facts.map(([, value]) => [value]), ...numbers.map(([, value]) => [value])],
  };
}

/** `metrics`: the same numbers in long form, one row for each, with its unit. */
export function metricsTable(key: CellKey, summary: Summary): TableRows {
  const numbers = numbersOf(summary);
  return {
    columns: [
      ...KEY_COLUMNS,
      { name: 'metric', kind: 'text' },
      { name: 'value', kind: 'number' },
      { name: 'unit', kind: 'text' },
    ],
    data: [
      ...keyData(key, numbers.length),
      numbers.map(([name]) => name),
      numbers.map(([, value]) => value),
      numbers.map(([name]) => unitOf(name)),
    ],
  };
}

/** `series`: one row for each interval of time. */
export function seriesTable(key: CellKey, { series }: RunRecord): TableRows {
  const bins = series.columns[0]?.values.length ?? 0;
  return {
    columns: [
      ...KEY_COLUMNS,
      { name: 'time', kind: 'number' },
      ...series.columns.map(({ name }): TableColumn => ({ name, kind: 'number' })),
    ],
    data: [
      ...keyData(key, bins),
      Array.from({ length: bins }, (_, bin) => series.start + bin * series.binSeconds),
      ...series.columns.map(({ values }) => [...values]),
    ],
  };
}

/** `jobs`: the lines of `jobs.csv`. */
export function jobsTable(
  key: CellKey,
  header: readonly string[],
  lines: readonly (readonly string[])[],
): TableRows {
  const isText = new Set(['job_id', 'framework', 'outcome', 'reason', 'policy', 'seed', 'user']);
  const own = header
    .map((name, i) => ({ name, i }))
    .filter(({ name }) => name !== 'policy' && name !== 'seed');
  return {
    columns: [
      ...KEY_COLUMNS,
      ...own.map(({ name }): TableColumn => ({ name, kind: isText.has(name) ? 'text' : 'number' })),
    ],
    data: [
      ...keyData(key, lines.length),
      ...own.map(({ name, i }) =>
        lines.map((line) => (line[i] === '' ? null : isText.has(name) ? line[i] : Number(line[i]))),
      ),
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

/** The unit of a metric, as in the catalogue; empty if the path is none of it. */
export function unitOf(path: string): string {
  const found = pathKind(path);
  return found.kind === 'number' ? found.unit : '';
}
