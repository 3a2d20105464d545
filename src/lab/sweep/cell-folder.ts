import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { isCompleteParquet, type TableRows, writeParquet } from '../../results/files/parquet-table.js';
import { isRunning } from '../../results/files/processes.js';
import { asWriteError } from '../../results/files/result-files.js';

/** A table of a sweep: each cell has a part of it. */
export type TableName = 'runs' | 'metrics' | 'series' | 'jobs';

/** The tables that every cell has. */
const TABLES_OF_CELL: readonly TableName[] = ['runs', 'metrics', 'series'];

/** The tables that the cells of a sweep have. */
export function tablesOfCell(jobs: boolean): readonly TableName[] {
  return jobs ? [...TABLES_OF_CELL, 'jobs'] : TABLES_OF_CELL;
}

/** The parts of one cell, by table, and its summary as text. */
export interface CellResult {
  readonly tables: Readonly<Partial<Record<TableName, TableRows>>>;
  readonly summary: string;
}

/** The folder with the parts of all cells. */
export function cellsFolder(results: string): string {
  return join(results, 'cells');
}

/** The part of a cell in a table. */
export function partPath(results: string, cell: string, table: TableName): string {
  return join(cellsFolder(results), cell, `${table}.parquet`);
}

/**
 * Writes the parts of a cell. They are written to a folder of their own, which gets the cell's name only when it is complete: a cell is
 * there as a whole or not at all, whenever the process is killed. If the cell exists already, it stays: both are equal.
 * @throws InputError when the disk is full or the folder cannot be written.
 */
export async function writeCell(
  results: string,
  cell: string,
  { tables, summary }: CellResult,
): Promise<void> {
  const target = join(cellsFolder(results), cell);
  const draft = join(cellsFolder(results), `${DRAFT}${hostname()}-${process.pid}-${cell}`);
  try {
    rmSync(draft, { recursive: true, force: true });
    mkdirSync(draft, { recursive: true });
    for (const [name, rows] of Object.entries(tables) as [TableName, TableRows][])
      await writeParquet(join(draft, `${name}.parquet`), rows.columns, [rows]);
    writeFileSync(join(draft, 'summary.json'), summary);
    moveInto(draft, target, Object.keys(tables) as TableName[]);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw asWriteError(error, target);
  }
}

function moveInto(draft: string, target: string, tables: readonly TableName[]): void {
  if (existsSync(target)) {
    // Another worker may have finished the same cell. Otherwise the cell lacks a table, such as the jobs.
    if (tables.every((table) => isCompleteParquet(join(target, `${table}.parquet`)))) {
      rmSync(draft, { recursive: true, force: true });
      return;
    }
    rmSync(target, { recursive: true, force: true });
  }
  renameSync(draft, target);
}

const DRAFT = '.draft-';

/** Removes what killed processes of this computer left behind; on request also those of others, if none of them can still run. */
export function removeDrafts(results: string, { ofAnyHost = false } = {}): void {
  const folder = cellsFolder(results);
  if (!existsSync(folder)) return;
  const own = `${DRAFT}${hostname()}-`;
  for (const name of readdirSync(folder)) {
    const isOwn = name.startsWith(own) && !isRunning(Number(name.slice(own.length).split('-')[0]));
    if (isOwn || (ofAnyHost && name.startsWith(DRAFT)))
      rmSync(join(folder, name), { recursive: true, force: true });
  }
}

/** Whether the cell has complete parts of all these tables. */
export function isFinished(results: string, cell: string, tables: readonly TableName[]): boolean {
  return tables.every((table) => isCompleteParquet(partPath(results, cell, table)));
}
