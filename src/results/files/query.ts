import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { InputError } from '../../model/index.js';

/** The answer to a query. */
export interface QueryAnswer {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/** The package that runs SQL. It is large, so it is installed only by those who want it. */
const DUCKDB = '@duckdb/node-api';

/**
 * Runs SQL over the tables in a folder of results. A Parquet file of a sweep is the table of its name; without one, all CSV files of that
 * name in the folder and its folders are. @throws InputError for a mistake in the SQL, a folder without tables, or without DuckDB.
 */
export async function queryResults(folder: string, sql: string): Promise<QueryAnswer> {
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new InputError({ file: folder }, 'no such folder of results');
  const tables = tablesOf(folder);
  if (tables.size === 0)
    throw new InputError({ file: folder }, 'contains no table, expected the results of a sweep or of --out');
  const { DuckDBInstance } = await loadDuckDb();
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    for (const [name, source] of tables)
      await connection.run(`create view "${name}" as select * from ${source}`);
    const reader = await connection.runAndReadAll(sql);
    return { columns: reader.columnNames(), rows: reader.getRows().map((row) => row.map(plainValue)) };
  } catch (error) {
    const [problem] = (error as Error).message.split('\n');
    throw new InputError({ file: folder }, `${problem} (tables: ${[...tables.keys()].join(', ')})`);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function loadDuckDb(): Promise<typeof import('@duckdb/node-api')> {
  try {
    return await import('@duckdb/node-api');
  } catch {
    throw new InputError({}, `a query needs the package ${DUCKDB}: npm install ${DUCKDB}`);
  }
}

/** SQL of the source of each table. */
function tablesOf(folder: string): ReadonlyMap<string, string> {
  const names = readdirSync(folder);
  const tables = new Map<string, string>();
  for (const name of names)
    if (name.endsWith('.parquet'))
      tables.set(basename(name, '.parquet'), `read_parquet(${quoted(join(folder, name))})`);
  const files = readdirSync(folder, { recursive: true }).map(String).sort();
  for (const table of ['jobs', 'series', 'machines']) {
    const own = files.filter((file) => basename(file) === `${table}.csv`);
    if (tables.has(table) || own.length === 0) continue;
    const list = own.map((file) => quoted(join(folder, file))).join(', ');
    tables.set(table, `read_csv([${list}], union_by_name = true, filename = true)`);
  }
  return tables;
}

function quoted(path: string): string {
  return `'${path.replaceAll("'", "''")}'`;
}

function plainValue(value: unknown): string | number | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'number' ? value : String(value);
}
