import { parse as parseText } from 'csv-parse/sync';
import { InputError, type InputPlace, MAX_QUANTA, type Micros } from '../../model/index.js';
import { type Adjustments, beyondTime } from './adjustments.js';
import { CsvScanner } from './csv-scanner.js';
import { type ReadMeter, readBytes } from './text-file.js';

/** One line of a CSV file with a header. Fields are read by name. */
export class CsvRecord {
  readonly file: string;
  readonly line: number;
  private readonly columns: ReadonlyMap<string, number>;
  private readonly fields: readonly string[];

  constructor(place: LinePlace, columns: ReadonlyMap<string, number>, fields: readonly string[]) {
    this.file = place.file;
    this.line = place.line;
    this.columns = columns;
    this.fields = fields;
  }

  /** Whether the file has this column. */
  has(column: string): boolean {
    return this.columns.has(column);
  }

  /** The text of a column; empty if the file has no such column. */
  text(column: string): string {
    return this.fields[this.columns.get(column) ?? -1] ?? '';
  }

  /** @throws InputError when the field is empty. */
  required(column: string, expected: string): string {
    const text = this.text(column);
    if (text === '') throw InputError.expected(this.place(column), text, expected);
    return text;
  }

  /** A number >= 0. An empty field gives `fallback`, or an error without a fallback. @throws InputError */
  amount(column: string, fallback?: number): number {
    const text = this.text(column);
    if (text === '' && fallback !== undefined) return fallback;
    const value = text === '' ? Number.NaN : Number(text);
    if (!(Number.isFinite(value) && value >= 0))
      throw InputError.expected(this.place(column), text, 'a number >= 0');
    return value;
  }

  /** A whole number >= 0 that fits in a 32-bit column, with `fallback` as in `amount`. @throws InputError */
  count(column: string, fallback?: number): number {
    const value = this.amount(column, fallback);
    if (!Number.isInteger(value))
      throw InputError.expected(this.place(column), this.text(column), 'a whole number >= 0');
    if (value > MAX_QUANTA)
      throw InputError.expected(this.place(column), this.text(column), `at most ${MAX_QUANTA}`);
    return value;
  }

  /** Seconds >= 0 in microseconds, with `fallback` in seconds as in `amount`. Rounding is counted. @throws InputError */
  time(column: string, adjustments: Adjustments, fallback?: number): Micros {
    const time = adjustments.time(this.amount(column, fallback));
    if (Number.isNaN(time)) throw beyondTime(this.place(column), this.text(column));
    return time;
  }

  /** 0 or 1; false for an empty field. @throws InputError */
  flag(column: string): boolean {
    const text = this.text(column);
    if (!['', '0', '1'].includes(text)) throw InputError.expected(this.place(column), text, '0 or 1');
    return text === '1';
  }

  place(column: string): InputPlace {
    return { file: this.file, line: this.line, field: column };
  }
}

/** The place of a record in its file. */
interface LinePlace {
  readonly file: string;
  readonly line: number;
}

/**
 * A CSV file with a header line, record by record. Readers of many rows read fields from the scanner by index. `record`
 * creates an object for the current record, for rows that need special treatment.
 */
export class CsvTable {
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
  record(): CsvRecord {
    const fields = Array.from({ length: this.width }, (_, i) => this.scanner.text(i));
    return new CsvRecord({ file: this.file, line: this.scanner.line }, this.columns, fields);
  }
}

/**
 * Opens a CSV file with a header line, `.gz` or plain. The table is yielded whenever it may have more records. The
 * caller then calls `next` until it returns false.
 * @throws InputError when the file is not CSV, or lacks one of the columns.
 */
export async function* readTable(
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
): AsyncGenerator<CsvRecord> {
  for await (const table of readTable(path, columns, meter)) while (table.next()) yield table.record();
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
