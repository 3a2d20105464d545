import { parse as parseText } from 'csv-parse/sync';
import { InputError } from '../../model/index.js';
import { CsvScanner } from './csv-scanner.js';
import { type RowFile, RowRecord, type RowTable, recordsOf } from './row-table.js';
import { type ReadMeter, readBytes } from './text-file.js';

/**
 * A CSV file with a header line, record by record. Readers of many rows read fields from the scanner by index. `record`
 * creates an object for the current record, for rows that need special treatment.
 */
class CsvTable implements RowTable {
  /** Indices of the columns in a record, by name. */
  readonly columns: ReadonlyMap<string, number>;
  /** The scanner at the current record. */
  readonly scanner: CsvScanner;
  private readonly file: string;
  private readonly width: number;

  constructor(file: string, scanner: CsvScanner, header: readonly string[]) {
    this.file = file;
    this.scanner = scanner;
    this.width = header.length;
    this.columns = new Map(header.map((name, i) => [name, i]));
  }

  /** Moves to the next record. Returns false if it is not complete yet. @throws InputError */
  next(): boolean {
    if (!this.scanner.next()) return false;
    if (this.scanner.fields === this.width) return true;
    throw new InputError(
      { file: this.file, line: this.scanner.line },
      'the number of fields differs from the header',
    );
  }

  /** A copy of the current record. */
  record(): RowRecord {
    const fields = Array.from({ length: this.width }, (_, i) => this.scanner.text(i));
    return new RowRecord({ file: this.file, line: this.scanner.line }, this.columns, fields);
  }
}

/** A CSV file with a header line, `.gz` or plain. */
export function csvFile(path: string): RowFile {
  return { path, tables: (columns, meter) => readTable(path, columns, meter) };
}

/**
 * Opens a CSV file with a header line, `.gz` or plain. The table is yielded whenever it may have more records. The
 * caller then calls `next` until it returns false.
 * @throws InputError when the file is not CSV, or lacks one of the columns.
 */
async function* readTable(
  path: string,
  columns: readonly string[],
  meter?: ReadMeter,
): AsyncGenerator<CsvTable> {
  const scanner = new CsvScanner(path);
  let table: CsvTable | undefined;
  for await (const chunk of readBytes(path, meter)) {
    scanner.feed(chunk);
    table ??= openTable(path, scanner, columns);
    if (table !== undefined) yield table;
  }
  scanner.finish();
  table ??= openTable(path, scanner, columns);
  if (table === undefined)
    throw new InputError({ file: path }, `is empty, expected a header with ${columns.join(', ')}`);
  yield table;
}

/** Returns undefined while the header is incomplete. */
function openTable(path: string, scanner: CsvScanner, columns: readonly string[]): CsvTable | undefined {
  if (!scanner.next()) return undefined;
  const header = Array.from({ length: scanner.fields }, (_, i) => scanner.text(i));
  return new CsvTable(path, scanner, checkHeader(path, header, columns));
}

/**
 * The records of a CSV file with a header line, `.gz` or plain, one at a time.
 * @throws InputError when the file is not CSV, or lacks one of the columns.
 */
export async function* readCsv(
  path: string,
  columns: readonly string[],
  meter?: ReadMeter,
): AsyncGenerator<RowRecord> {
  yield* recordsOf(csvFile(path), columns, meter);
}

/** The names in a header line. Empty if it is not CSV; reading the file then gives a better message. */
export function columnNames(header: string): readonly string[] {
  try {
    const [names = []] = parseText(header, { trim: true }) as string[][];
    return names;
  } catch {
    return [];
  }
}

function checkHeader(path: string, header: readonly string[], columns: readonly string[]): readonly string[] {
  const twice = header.find((name, i) => name !== '' && header.indexOf(name) !== i);
  if (twice !== undefined) throw new InputError({ file: path, line: 1 }, `has the column "${twice}" twice`);
  for (const column of columns) {
    if (header.includes(column)) continue;
    throw new InputError(
      { file: path, line: 1 },
      `has no column "${column}", expected ${columns.join(', ')}`,
    );
  }
  return header;
}
