import { InputError, type InputPlace, MAX_QUANTA, type Micros } from '../../model/index.js';
import { type Adjustments, beyondTime } from './adjustments.js';
import type { ReadMeter } from './text-file.js';

/** A file with named columns and a row for each group of tasks, in text or in Parquet. */
export interface RowFile {
  readonly path: string;
  /**
   * Reads the rows in pieces. A table is yielded whenever it may have more rows. The caller then calls `next` until it returns
   * false. All tables of a file have the same columns.
   * @throws InputError when the file lacks one of these columns, or is damaged.
   */
  tables(columns: readonly string[], meter?: ReadMeter): AsyncIterable<RowTable>;
}

/** Rows with named columns. Readers of many rows read single fields; `record` is for rows that need special treatment. */
export interface RowTable {
  /** Indices of the columns, by name. */
  readonly columns: ReadonlyMap<string, number>;
  /** The fields of the current row. */
  readonly scanner: FieldScanner;
  /** Moves to the next row. Returns false if there is none, or if it is not complete yet. @throws InputError */
  next(): boolean;
  /** A copy of the current row as texts. */
  record(): RowRecord;
}

/** The fields of the current row of a table, by index. */
export interface FieldScanner {
  /** The line on which the row ends, or the number of the row in a Parquet file, counted from 1. */
  readonly line: number;
  isEmpty(field: number): boolean;
  text(field: number): string;
  /** `text` of a column whose consecutive rows often have one text. */
  repeatedText(field: number): string;
  /** A number >= 0; NaN for every value that is no such number or is not in plain decimal. `record` has the error for those. */
  decimal(field: number): number;
}

/** One row of a table, as texts. Fields are read by name. */
export class RowRecord {
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

  /** Has the other row of the file the same texts, apart from these columns? */
  equals(other: RowRecord, apart: readonly string[]): boolean {
    const left = apart.map((column) => this.columns.get(column));
    return this.fields.every((text, i) => text === other.fields[i] || left.includes(i));
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

/** The rows of a file, one at a time. @throws InputError, see `RowFile` */
export async function* recordsOf(
  file: RowFile,
  columns: readonly string[],
  meter?: ReadMeter,
): AsyncGenerator<RowRecord> {
  for await (const table of file.tables(columns, meter)) while (table.next()) yield table.record();
}
