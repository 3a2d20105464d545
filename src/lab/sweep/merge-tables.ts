import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { csvLine } from '../../metrics/files/csv.js';
import type { TableColumn } from '../../metrics/files/run-table.js';
import { InputError } from '../../model/index.js';
import {
  columnsOfParquet,
  readParquet,
  type TableRows,
  type TableValue,
  writeParquet,
} from '../../results/files/parquet-table.js';
import { ResultFile, writeResult } from '../../results/files/result-files.js';
import { tableSchemaText } from '../../results/files/table-schema.js';
import { SWEEP_VERSION, VERSION } from '../../results/files/version.js';
import { plannedName } from '../scenario/policy-choice.js';
import { cellsFolder, partPath, type TableName } from './cell-folder.js';
import { KEY_COLUMNS } from './cell-tables.js';
import type { FailedCell } from './local-engine.js';
import type { SweepCell, SweepPlan } from './plan-sweep.js';

/**
 * Merges the parts of all cells into one file per table, in the order of the cells: `runs.parquet` and so on, with a column for each axis,
 * and `schema.json` with the units. @throws InputError when a part is damaged or a file cannot be written.
 */
export async function mergeTables(
  results: string,
  plan: SweepPlan,
  tables: readonly TableName[],
  csv: boolean,
): Promise<void> {
  const columnsOf: Partial<Record<TableName, readonly TableColumn[]>> = {};
  for (const table of tables) {
    const columns = await mergedColumns(results, plan, table);
    columnsOf[table] = columns;
    const path = join(results, `${table}.parquet`);
    await writeParquet(path, columns, pieces(results, plan, table));
    if (csv) await writeCsv(join(results, `${table}.csv`), columns, pieces(results, plan, table));
  }
  writeResult(join(results, 'schema.json'), tableSchemaText(columnsOf));
}

/** The columns of all parts: the key, the axes, and the others in the order in which they first appear. */
async function mergedColumns(
  results: string,
  plan: SweepPlan,
  table: TableName,
): Promise<readonly TableColumn[]> {
  const found = new Map<string, TableColumn>();
  for (const column of [...KEY_COLUMNS, ...axisColumns(plan)]) found.set(column.name, column);
  for (const { id } of plan.cells)
    for (const column of await part(results, id, () => columnsOfParquet(partPath(results, id, table))))
      if (!found.has(column.name)) found.set(column.name, column);
  return [...found.values()];
}

/** A number is a number in the table, too. */
function axisColumns({ axes, cells }: SweepPlan): TableColumn[] {
  return axes.map((name, i) => ({
    name,
    kind: cells.every(({ parameters }) => parameters[i] === '' || isNumber(parameters[i]))
      ? 'number'
      : 'text',
  }));
}

function isNumber(text: string): boolean {
  return text.trim() !== '' && Number.isFinite(Number(text));
}

function axisValue(text: string, kind: TableColumn['kind']): TableValue {
  if (text === '') return null;
  return kind === 'number' ? Number(text) : text;
}

async function* pieces(results: string, plan: SweepPlan, table: TableName): AsyncGenerator<TableRows> {
  const axes = axisColumns(plan);
  for (const { id, parameters } of plan.cells) {
    const { columns, data } = await part(results, id, () => readParquet(partPath(results, id, table)));
    const rows = data[0]?.length ?? 0;
    const values = axes.map(({ kind }, i) => axisValue(parameters[i], kind));
    yield {
      columns: [...columns, ...axes],
      data: [...data, ...values.map((value) => new Array<TableValue>(rows).fill(value))],
    };
  }
}

async function part<T>(results: string, cell: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const folder = join(cellsFolder(results), cell);
    throw new InputError(
      error.place,
      `${error.problem}; remove ${folder} and sweep again to run this cell again`,
    );
  }
}

async function writeCsv(
  path: string,
  columns: readonly TableColumn[],
  all: AsyncIterable<TableRows>,
): Promise<void> {
  const file = new ResultFile(path);
  try {
    file.write(csvLine(columns.map(({ name }) => name)));
    for await (const piece of all) {
      const places = columns.map(({ name }) => piece.columns.findIndex((column) => column.name === name));
      for (let row = 0; row < (piece.data[0]?.length ?? 0); row++)
        file.write(csvLine(places.map((place) => (place < 0 ? '' : (piece.data[place][row] ?? '')))));
    }
    file.finish();
  } catch (error) {
    file.discard();
    throw error;
  }
}

/** Writes `failures.csv`: a line for each cell that failed; no file if none did. */
export function writeFailures(results: string, plan: SweepPlan, failed: readonly FailedCell[]): void {
  const path = join(results, 'failures.csv');
  if (failed.length === 0) {
    if (existsSync(path)) rmSync(path);
    return;
  }
  const order = [...failed].sort((a, b) => plan.cells.indexOf(a.cell) - plan.cells.indexOf(b.cell));
  const lines = order.map(({ cell, problem }) =>
    csvLine([cell.id, plannedName(cell.spec), cell.spec.seed, ...cell.parameters, problem]),
  );
  writeResult(path, [csvLine(['cell', 'policy', 'seed', ...plan.axes, 'problem']), ...lines].join(''));
}

/** Writes `sweep.json`: the axes, the tables, and every cell with its values. */
export function writeManifest(
  results: string,
  plan: SweepPlan,
  tables: readonly TableName[],
  failed: readonly FailedCell[],
): void {
  const state = (cell: SweepCell) => (failed.some((one) => one.cell === cell) ? 'failed' : 'finished');
  const manifest = {
    schema: SWEEP_VERSION,
    version: VERSION,
    axes: plan.axes,
    tables,
    cells: plan.cells.map((cell) => ({
      id: cell.id,
      policy: plannedName(cell.spec),
      seed: cell.spec.seed,
      parameters: Object.fromEntries(plan.axes.map((name, i) => [name, cell.parameters[i]])),
      state: state(cell),
    })),
  };
  writeResult(join(results, 'sweep.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}
