import { open } from 'node:fs/promises';
import type { Compressors, FileMetaData } from 'hyparquet';
import { InputError } from '../../model/index.js';
import { clusterOfColumns, openRows, ROW_PARAMETERS } from './fairground-csv.js';
import type { Format } from './format.js';
import { type FieldScanner, type RowFile, RowRecord, type RowTable } from './row-table.js';
import { type ReadMeter, sizeOf } from './text-file.js';

/**
 * Fairground's own format as a Parquet file: the columns of the CSV format with a type each (TRACE_COLUMNS). Other types are read as
 * well where the value means the same, such as an INT64 for a time.
 */
export const fairgroundParquet: Format = {
  name: 'parquet',
  about: "Fairground's own format as a Parquet file, with the columns of the CSV format",
  parameters: ROW_PARAMETERS,
  recognizes: (_path, head) => head[0] === PARQUET_MAGIC,
  describeCluster: async (path) => {
    const { metadata } = await openParquet(path);
    return clusterOfColumns(path, topLevelColumns(metadata));
  },
  open: (path, space, settings) => openRows(parquetFile(path), 'parquet', space, settings),
};

/** The first four bytes of a Parquet file, and the last four. */
export const PARQUET_MAGIC = 'PAR1';

/** Whether the file begins as a Parquet file does. False if it cannot be read. */
export async function isParquet(path: string): Promise<boolean> {
  const file = await open(path, 'r').catch(() => undefined);
  try {
    const start = await file?.read(Buffer.alloc(PARQUET_MAGIC.length));
    return start?.buffer.toString('latin1') === PARQUET_MAGIC;
  } catch {
    return false;
  } finally {
    await file?.close();
  }
}

/** A Parquet file, read a row group at a time. */
function parquetFile(path: string): RowFile {
  return { path, tables: (columns, meter) => readTables(path, columns, meter) };
}

async function* readTables(
  path: string,
  required: readonly string[],
  meter?: ReadMeter,
): AsyncGenerator<ParquetTable> {
  const { file, metadata, compressors } = await openParquet(path);
  const { parquetScan } = await import('hyparquet');
  const names = topLevelColumns(metadata);
  const missing = required.find((column) => !names.includes(column));
  if (missing !== undefined)
    throw new InputError({ file: path }, `has no column "${missing}", expected ${required.join(', ')}`);
  const decompress = compressors === undefined ? {} : { compressors };
  const scan = await parquetScan({ file, metadata, useOffsetIndex: false, ...decompress });
  if (meter !== undefined) meter.total = file.byteLength;
  for (const { rowStart, rowEnd } of scan.ranges) {
    const data = await valid(path, () =>
      Promise.all(names.map((column) => scan.readColumn({ column, rowStart, rowEnd }))),
    );
    if (meter !== undefined) meter.read = (file.byteLength * rowEnd) / Number(metadata.num_rows);
    yield new ParquetTable({ file: path, names, firstRow: rowStart + 1, rows: rowEnd - rowStart }, data);
  }
}

/** Opens a file and reads its schema. @throws InputError */
async function openParquet(path: string) {
  await sizeOf(path);
  if (!(await isParquet(path))) throw new InputError({ file: path }, 'is not a Parquet file');
  const { asyncBufferFromFile, parquetMetadataAsync } = await import('hyparquet');
  const file = await asyncBufferFromFile(path);
  const metadata = await valid(path, () => parquetMetadataAsync(file));
  const nested = metadata.schema.find(({ num_children }, i) => i > 0 && num_children !== undefined);
  if (nested !== undefined)
    throw new InputError(
      { file: path },
      `has the nested column "${nested.name}", expected plain columns only`,
    );
  return { file, metadata, compressors: await compressorsOf(metadata) };
}

/** Most files need no further package: the reader itself has Snappy. */
async function compressorsOf(metadata: FileMetaData): Promise<Compressors | undefined> {
  const isOther = metadata.row_groups.some(({ columns }) =>
    columns.some(({ meta_data }) => !['UNCOMPRESSED', 'SNAPPY', undefined].includes(meta_data?.codec)),
  );
  return isOther ? (await import('hyparquet-compressors')).compressors : undefined;
}

function topLevelColumns({ schema }: FileMetaData): readonly string[] {
  return schema.slice(1).map(({ name }) => name);
}

/** The result of a step of the reader. Its errors are those of a damaged file. @throws InputError */
async function valid<T>(path: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw new InputError({ file: path }, `cannot be read as Parquet (${(error as Error).message})`);
  }
}

/** A column of a row group, as the reader of the file decodes it. */
type Values = ArrayLike<unknown>;

/** The rows of a row group. */
class ParquetTable implements RowTable, FieldScanner {
  readonly columns: ReadonlyMap<string, number>;
  readonly scanner = this;
  /** Number of the current row in the file. */
  line: number;
  private readonly file: string;
  private readonly data: readonly Values[];
  private readonly rows: number;
  private row = -1;

  constructor(
    {
      file,
      names,
      firstRow,
      rows,
    }: { file: string; names: readonly string[]; firstRow: number; rows: number },
    data: readonly Values[],
  ) {
    this.file = file;
    this.columns = new Map(names.map((name, i) => [name, i]));
    this.line = firstRow - 1;
    this.rows = rows;
    this.data = data;
  }

  next(): boolean {
    if (this.row + 1 >= this.rows) return false;
    this.row++;
    this.line++;
    return true;
  }

  record(): RowRecord {
    const fields = this.data.map((_, field) => this.text(field));
    return new RowRecord({ file: this.file, line: this.line }, this.columns, fields);
  }

  isEmpty(field: number): boolean {
    return this.text(field) === '';
  }

  text(field: number): string {
    return textOf(this.data[field][this.row]);
  }

  repeatedText(field: number): string {
    return this.text(field);
  }

  decimal(field: number): number {
    const value = this.data[field][this.row];
    const number = typeof value === 'bigint' ? Number(value) : value;
    return typeof number === 'number' && number >= 0 && number < Number.POSITIVE_INFINITY
      ? number
      : Number.NaN;
  }
}

/** The text that a CSV file would have. Data frames write missing numbers as NaN. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined || Number.isNaN(value)) return '';
  if (value === Number.POSITIVE_INFINITY) return 'forever';
  if (typeof value === 'boolean') return value ? '1' : '0';
  return value instanceof Date ? value.toISOString() : String(value);
}
