import type { SchemaElement } from 'hyparquet';
import type { Trace } from '../trace.js';
import { type FieldValue, neededColumns, type WrittenColumn, writtenColumns } from './written-columns.js';

/** Rows of a row group. A reader has one row group in memory: about 10 MiB with twenty columns. */
const ROWS_PER_GROUP = 1 << 16;

/**
 * A trace in Fairground's Parquet format, a row group at a time, with only the columns that its rows need. `open` is called twice:
 * once to find these columns, once to write the rows.
 */
export async function* parquetBytes(open: () => Trace): AsyncGenerator<Uint8Array> {
  const { ByteWriter, ParquetWriter } = await import('hyparquet-writer');
  const needed = await neededColumns(open());
  const trace = open();
  const columns = writtenColumns(trace, needed);
  const bytes = new ByteWriter();
  const file = new ParquetWriter({ writer: bytes, schema: schemaOf(columns), createdBy: 'fairground' });
  const written = () => {
    const piece = new Uint8Array(bytes.buffer.slice(0, bytes.index));
    bytes.index = 0;
    return piece;
  };
  let group = columns.map((): ParquetValue[] => []);
  for await (const batch of trace.batches()) {
    for (let row = 0; row < batch.length; row++)
      columns.forEach(({ type, value }, i) => {
        group[i].push(parquetValue(type, value(batch, row)));
      });
    if (group[0].length < ROWS_PER_GROUP) continue;
    writeGroup(file, columns, group);
    group = columns.map(() => []);
    yield written();
  }
  if (group[0].length > 0) writeGroup(file, columns, group);
  file.finish();
  yield written();
}

type ParquetValue = string | number | boolean | null;

function writeGroup(
  file: {
    write(group: { columnData: { name: string; data: ParquetValue[] }[]; rowGroupSize: number }): unknown;
  },
  columns: readonly WrittenColumn[],
  group: readonly ParquetValue[][],
): void {
  const columnData = columns.map(({ name }, i) => ({ name, data: group[i] }));
  file.write({ columnData, rowGroupSize: group[0].length });
}

function parquetValue(type: WrittenColumn['type'], value: FieldValue): ParquetValue {
  if (value === undefined || value === '') return null;
  if (type === 'text') return String(value);
  return type === 'flag' ? value === 1 : value;
}

function schemaOf(columns: readonly WrittenColumn[]): SchemaElement[] {
  const fields = columns.map(
    ({ name, type, isRequired }): SchemaElement => ({
      name,
      ...PARQUET_TYPES[type],
      repetition_type: isRequired ? 'REQUIRED' : 'OPTIONAL',
    }),
  );
  return [{ name: 'root', num_children: fields.length }, ...fields];
}

/**
 * Times are seconds in DOUBLE, as in a CSV file: a query or a data frame then shows the same numbers for both. A double is exact to
 * a microsecond up to 2^32 s (136 years).
 */
const PARQUET_TYPES: Readonly<
  Record<WrittenColumn['type'], Pick<SchemaElement, 'type' | 'converted_type' | 'logical_type'>>
> = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
  integer: { type: 'INT32' },
  number: { type: 'DOUBLE' },
  time: { type: 'DOUBLE' },
  duration: { type: 'DOUBLE' },
  flag: { type: 'BOOLEAN' },
};
