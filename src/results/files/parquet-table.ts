import { closeSync, fstatSync, openSync, readSync, renameSync, writeSync } from 'node:fs';
import type { FileMetaData, SchemaElement } from 'hyparquet';
import type { TableColumn } from '../../metrics/files/run-table.js';
import { InputError } from '../../model/index.js';
import { orInputError, partialPath } from './result-files.js';

/** A value of a table; null if it is unknown. */
export type TableValue = string | number | null;

/** Rows of a table by column: `columns[c]` has the values of `data[c]`. */
export interface TableRows {
  readonly columns: readonly TableColumn[];
  readonly data: readonly (readonly TableValue[])[];
}

const PARQUET_TYPES: Readonly<Record<TableColumn['kind'], Partial<SchemaElement>>> = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
  number: { type: 'DOUBLE' },
  integer: { type: 'INT32' },
};

/** A row group has at most this many rows, unless a part has more. */
const ROWS_PER_GROUP = 1 << 16;

/** Writes a table that arrives in pieces to one Parquet file, which has its name only when it is complete. @throws InputError */
export async function writeParquet(
  path: string,
  columns: readonly TableColumn[],
  pieces: AsyncIterable<TableRows> | Iterable<TableRows>,
): Promise<void> {
  const { ByteWriter, ParquetWriter } = await import('hyparquet-writer');
  const bytes = new ByteWriter();
  const schema: SchemaElement[] = [
    { name: 'root', num_children: columns.length },
    ...columns.map(
      ({ name, kind }): SchemaElement => ({ name, ...PARQUET_TYPES[kind], repetition_type: 'OPTIONAL' }),
    ),
  ];
  const writer = new ParquetWriter({ writer: bytes, schema, createdBy: 'fairground' });
  const partial = partialPath(path);
  const descriptor = orInputError(path, () => openSync(partial, 'w'));
  const flush = () => {
    orInputError(path, () => writeSync(descriptor, new Uint8Array(bytes.buffer, 0, bytes.index)));
    bytes.index = 0;
  };
  try {
    let group: TableValue[][] = columns.map(() => []);
    const writeGroup = () => {
      if (columns.length === 0 || group[0].length === 0) return;
      const columnData = columns.map(({ name }, i) => ({ name, data: group[i] }));
      writer.write({ columnData, rowGroupSize: group[0].length });
      group = columns.map(() => []);
      flush();
    };
    for await (const piece of pieces) {
      const rows = piece.data[0]?.length ?? 0;
      columns.forEach(({ name }, i) => {
        const own = piece.columns.findIndex((column) => column.name === name);
        for (let row = 0; row < rows; row++) group[i].push(own < 0 ? null : piece.data[own][row]);
      });
      if (group[0].length >= ROWS_PER_GROUP) writeGroup();
    }
    writeGroup();
    writer.finish();
    flush();
  } finally {
    closeSync(descriptor);
  }
  orInputError(path, () => renameSync(partial, path));
}

/** Reads a table, or some columns of it. @throws InputError when the file is no complete Parquet file. */
export async function readParquet(path: string, names?: readonly string[]): Promise<TableRows> {
  const { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } = await import('hyparquet');
  return complete(path, async () => {
    const file = await asyncBufferFromFile(path);
    const metadata = await parquetMetadataAsync(file);
    const columns = columnsOf(metadata).filter(({ name }) => names === undefined || names.includes(name));
    const rows = await parquetReadObjects({ file, metadata, columns: columns.map(({ name }) => name) });
    return { columns, data: columns.map(({ name }) => rows.map((row) => (row[name] ?? null) as TableValue)) };
  });
}

/** The columns of a table, without its rows. @throws InputError when the file is no complete Parquet file. */
export async function columnsOfParquet(path: string): Promise<readonly TableColumn[]> {
  const { asyncBufferFromFile, parquetMetadataAsync } = await import('hyparquet');
  return complete(path, async () => columnsOf(await parquetMetadataAsync(await asyncBufferFromFile(path))));
}

function columnsOf({ schema }: FileMetaData): readonly TableColumn[] {
  return schema.slice(1).map(({ name, type }) => ({ name, kind: kindOf(type) }));
}

async function complete<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw new InputError({ file: path }, `is not a complete Parquet file (${(error as Error).message})`);
  }
}

function kindOf(type: string | undefined): TableColumn['kind'] {
  if (type === 'BYTE_ARRAY') return 'text';
  return type === 'INT32' ? 'integer' : 'number';
}

/** Whether the file has the marks of a complete Parquet file at its start and end. */
export function isCompleteParquet(path: string): boolean {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, 'r');
    const mark = Buffer.alloc(4);
    readSync(descriptor, mark, 0, 4, 0);
    const start = mark.toString('latin1');
    const { size } = fstatSync(descriptor);
    readSync(descriptor, mark, 0, 4, Math.max(0, size - 4));
    return size > 12 && start === MARK && mark.toString('latin1') === MARK;
  } catch {
    return false;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

const MARK = 'PAR1';
