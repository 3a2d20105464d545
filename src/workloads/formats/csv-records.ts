import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { parse as parseText } from 'csv-parse/sync';
import { InputError, type InputPlace, MAX_QUANTA } from '../../model/index.js';
import { type ReadMeter, readBytes } from './text-file.js';

const MAX_RECORD_CHARACTERS = 1 << 20;

/** One line of a CSV file with a header, its fields read by name. */
export class CsvRecord {
  readonly file: string;
  readonly line: number;
  private readonly fields: Readonly<Record<string, string>>;

  constructor(file: string, line: number, fields: Readonly<Record<string, string>>) {
    this.file = file;
    this.line = line;
    this.fields = fields;
  }

  /** The text of a column; empty when the file has no such column. */
  text(column: string): string {
    return this.fields[column] ?? '';
  }

  /** @throws InputError when the field is empty. */
  required(column: string, expected: string): string {
    const text = this.text(column);
    if (text === '') throw InputError.expected(this.place(column), text, expected);
    return text;
  }

  /** A number >= 0; `fallback` where the field is empty, or an error without one. @throws InputError */
  amount(column: string, fallback?: number): number {
    const text = this.text(column);
    if (text === '' && fallback !== undefined) return fallback;
    const value = text === '' ? Number.NaN : Number(text);
    if (!(Number.isFinite(value) && value >= 0))
      throw InputError.expected(this.place(column), text, 'a number >= 0');
    return value;
  }

  /** A whole number >= 0 that a 32-bit column can hold, likewise. @throws InputError */
  count(column: string, fallback?: number): number {
    const value = this.amount(column, fallback);
    if (!Number.isInteger(value))
      throw InputError.expected(this.place(column), this.text(column), 'a whole number >= 0');
    if (value > MAX_QUANTA)
      throw InputError.expected(this.place(column), this.text(column), `at most ${MAX_QUANTA}`);
    return value;
  }

  /** 0 or 1; false where the field is empty. @throws InputError */
  flag(column: string): boolean {
    const text = this.text(column);
    if (!['', '0', '1'].includes(text)) throw InputError.expected(this.place(column), text, '0 or 1');
    return text === '1';
  }

  place(column: string): InputPlace {
    return { file: this.file, line: this.line, field: column };
  }
}

/**
 * The records of a CSV file with a header line, `.gz` or plain, one at a time.
 * @throws InputError when it is not CSV, or lacks one of the columns.
 */
export async function* readCsv(
  path: string,
  columns: readonly string[],
  meter?: ReadMeter,
): AsyncGenerator<CsvRecord> {
  const parser = parse({
    bom: true,
    info: true,
    max_record_size: MAX_RECORD_CHARACTERS,
    skip_empty_lines: true,
    trim: true,
  });
  const bytes = Readable.from(readBytes(path, meter), { objectMode: false });
  bytes.on('error', (error) => parser.destroy(error));
  bytes.pipe(parser);
  let header: readonly string[] | undefined;
  try {
    for await (const { record, info } of parser as AsyncIterable<{
      record: string[];
      info: { lines: number };
    }>) {
      if (header === undefined) {
        header = checkHeader(path, record, columns);
        continue;
      }
      yield new CsvRecord(
        path,
        info.lines,
        Object.fromEntries(header.map((name, i) => [name, record[i] ?? ''])),
      );
    }
  } catch (error) {
    throw error instanceof CsvError ? csvError(path, error) : error;
  } finally {
    bytes.destroy();
  }
  if (header === undefined)
    throw new InputError({ file: path }, `is empty, expected a header with ${columns.join(', ')}`);
}

/** The names in a header line; none when it is not CSV, which reading the file then says better. */
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

function csvError(path: string, error: CsvError): InputError {
  const line = typeof error.lines === 'number' ? error.lines : 1;
  return new InputError({ file: path, line }, PROBLEMS[error.code] ?? error.message);
}

const PROBLEMS: Readonly<Record<string, string>> = {
  CSV_MAX_RECORD_SIZE: `the line has more than ${MAX_RECORD_CHARACTERS} characters`,
  CSV_RECORD_INCONSISTENT_FIELDS_LENGTH: 'has another number of fields than the header',
  CSV_QUOTE_NOT_CLOSED: 'a quote is not closed',
  CSV_INVALID_CLOSING_QUOTE: 'text follows a closing quote',
  INVALID_OPENING_QUOTE: 'a quote opens inside a field',
};
