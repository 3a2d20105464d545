import { InputError } from '../../model/index.js';
import type { FieldScanner } from './row-table.js';

/** Maximum length of a record. A longer one indicates that the file is not CSV. */
const MAX_RECORD_BYTES = 1 << 20;

const TAB = 0x09;
const LINE_FEED = 0x0a;
const FORM_FEED = 0x0c;
const RETURN = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;

/** UTF-8 byte order mark. */
const MARK = [0xef, 0xbb, 0xbf];

/**
 * Finds CSV records in chunks of bytes. Fields are separated by commas and quoted as in RFC 4180. White space around
 * fields is removed. Lines end with LF or CRLF. Blank lines and a byte order mark are skipped. The fields of the
 * current record are positions in a window of bytes. No objects are created per field or record, because a month of a
 * large cluster has tens of millions of rows.
 */
export class CsvScanner implements FieldScanner {
  /** Number of fields of the current record. */
  fields = 0;
  /** Line on which the current record ends, counted from 1. */
  line = 0;

  private readonly file: string;
  /** One byte more than `filled`. A line feed there is a sentinel, so the loops need no check for the end. */
  private window = Buffer.alloc(1 << 16);
  private filled = 0;
  /** Position and line of the next record. */
  private position = 0;
  private nextLine = 1;
  private isMarkPassed = false;
  private isComplete = false;
  private starts = new Int32Array(32);
  private ends = new Int32Array(32);
  /** 1 if the field has doubled quotes inside. */
  private doubled = new Uint8Array(32);
  /** By field, the text of an earlier record; made for the fields that are read so. */
  private readonly repeated: (RepeatedText | undefined)[] = [];

  /** `file` is for messages. */
  constructor(file: string) {
    this.file = file;
  }

  /** Appends bytes to the unread ones. Call this only after `next` has returned false. */
  feed(chunk: Uint8Array): void {
    const rest = this.filled - this.position;
    const length = rest + chunk.length;
    const window = length < this.window.length ? this.window : Buffer.alloc(2 * length + 1);
    this.window.copy(window, 0, this.position, this.filled);
    window.set(chunk, rest);
    window[length] = LINE_FEED;
    this.window = window;
    this.filled = length;
    this.position = 0;
  }

  /** Marks the end of the bytes. The remaining bytes are the last record. */
  finish(): void {
    this.isComplete = true;
    this.window[this.filled] = LINE_FEED;
  }

  /**
   * Moves to the next record. Returns false if the bytes end before the record does. @throws InputError when this is
   * not CSV.
   */
  next(): boolean {
    if (!this.isMarkPassed && !this.passMark()) return false;
    while (this.position < this.filled) {
      if (!this.scan()) {
        if (this.filled - this.position > MAX_RECORD_BYTES) throw this.wrong(this.nextLine, TOO_LONG);
        return false;
      }
      if (!this.isBlank) return true;
    }
    return false;
  }

  /** The text of a field of the current record. */
  text(field: number): string {
    const text = this.window.toString('utf8', this.starts[field], this.ends[field]);
    return this.doubled[field] === 1 ? text.replaceAll('""', '"') : text;
  }

  /** `text` of a field whose consecutive records often have one text. */
  repeatedText(field: number): string {
    this.repeated[field] ??= new RepeatedText();
    return this.repeated[field].of(this, field);
  }

  isEmpty(field: number): boolean {
    return this.starts[field] === this.ends[field];
  }

  /** The field as a plain decimal number >= 0, equal to `Number` of its text; NaN for every other text. */
  decimal(field: number): number {
    return decimal(this.window, this.starts[field], this.ends[field]);
  }

  /** Whether the field has these bytes. */
  equals(field: number, bytes: Uint8Array, length: number): boolean {
    const start = this.starts[field];
    if (this.ends[field] - start !== length) return false;
    for (let i = 0; i < length; i++) if (this.window[start + i] !== bytes[i]) return false;
    return true;
  }

  /** The bytes of the field, valid until the next call of `feed`. */
  bytes(field: number): Uint8Array {
    return this.window.subarray(this.starts[field], this.ends[field]);
  }

  private get isBlank(): boolean {
    return this.fields === 1 && this.starts[0] === this.ends[0] && this.doubled[0] !== EMPTY_QUOTES;
  }

  /** Returns false if there are too few bytes to recognize a byte order mark. */
  private passMark(): boolean {
    if (this.filled < MARK.length && !this.isComplete) return false;
    if (MARK.every((byte, i) => this.window[i] === byte)) this.position = MARK.length;
    this.isMarkPassed = true;
    return true;
  }

  /** Finds the fields up to the end of the line. Returns false if the window ends first. */
  private scan(): boolean {
    const { window, filled } = this;
    let at = this.position;
    let field = 0;
    let line = this.nextLine;
    for (;;) {
      if (field === this.starts.length) this.growFields();
      while (isBlankByte(window[at])) at++;
      let start = at;
      let end: number;
      this.doubled[field] = 0;
      if (window[at] === QUOTE) {
        const close = this.closingQuote(at + 1, field, line);
        if (close < 0) return false;
        line += this.lineFeeds(at + 1, close);
        start = at + 1;
        end = close;
        if (start === end) this.doubled[field] = EMPTY_QUOTES;
        at = close + 1;
        while (isBlankByte(window[at])) at++;
        if (window[at] !== COMMA && window[at] !== LINE_FEED) throw this.wrong(line, BEHIND_QUOTE);
      } else {
        // Digits, letters and points are all above the comma, so most bytes need one comparison.
        while (window[at] > COMMA || isPlain(window[at])) at++;
        if (window[at] === QUOTE) throw this.wrong(line, QUOTE_INSIDE);
        end = at;
        while (end > start && isBlankByte(window[end - 1])) end--;
      }
      this.starts[field] = start;
      this.ends[field] = end;
      field++;
      if (window[at] === COMMA) {
        at++;
        continue;
      }
      if (at === filled && !this.isComplete) return false;
      if (at - this.position > MAX_RECORD_BYTES) throw this.wrong(line, TOO_LONG);
      this.fields = field;
      this.line = line;
      this.nextLine = line + 1;
      this.position = at + 1;
      return true;
    }
  }

  /** Position of the closing quote after `at`; -1 if the window ends first. */
  private closingQuote(at: number, field: number, line: number): number {
    const { window, filled } = this;
    for (let from = at; ; from += 2) {
      const quote = window.indexOf(QUOTE, from);
      const isInside = quote >= 0 && quote < filled;
      if (!isInside && this.isComplete) throw this.wrong(line + this.lineFeeds(at, filled), NOT_CLOSED);
      // A quote at the very end may be the first of a doubled quote.
      if (!isInside || (quote + 1 === filled && !this.isComplete)) return -1;
      if (quote + 1 === filled || window[quote + 1] !== QUOTE) return quote;
      this.doubled[field] = 1;
      from = quote;
    }
  }

  private lineFeeds(from: number, to: number): number {
    let count = 0;
    for (let i = from; i < to; i++) if (this.window[i] === LINE_FEED) count++;
    return count;
  }

  private growFields(): void {
    const { starts, ends, doubled } = this;
    this.starts = new Int32Array(2 * starts.length);
    this.ends = new Int32Array(2 * starts.length);
    this.doubled = new Uint8Array(2 * starts.length);
    this.starts.set(starts);
    this.ends.set(ends);
    this.doubled.set(doubled);
  }

  private wrong(line: number, problem: string): InputError {
    return new InputError({ file: this.file, line }, problem);
  }
}

/**
 * Texts of a column that often repeats in consecutive rows, such as the job of its tasks. A new string is created only
 * when the bytes change, because creating a string costs more than comparing bytes.
 */
class RepeatedText {
  private bytes = new Uint8Array(64);
  private length = -1;
  private text = '';

  /** The text of this field of the current record. */
  of(scanner: CsvScanner, field: number): string {
    if (this.length >= 0 && scanner.equals(field, this.bytes, this.length)) return this.text;
    const bytes = scanner.bytes(field);
    if (bytes.length > this.bytes.length) this.bytes = new Uint8Array(2 * bytes.length);
    this.bytes.set(bytes);
    this.length = bytes.length;
    this.text = scanner.text(field);
    return this.text;
  }
}

/** In `doubled`: the field is a pair of quotes without content. A line with only this field is still a record. */
const EMPTY_QUOTES = 2;

const TOO_LONG = `the line has more than ${MAX_RECORD_BYTES} characters`;
const NOT_CLOSED = 'a quote is not closed';
const BEHIND_QUOTE = 'text follows a closing quote';
const QUOTE_INSIDE = 'a quote opens inside a field';

function isPlain(byte: number): boolean {
  return byte !== COMMA && byte !== LINE_FEED && byte !== QUOTE;
}

function isBlankByte(byte: number): boolean {
  return byte <= SPACE && (byte === SPACE || byte === TAB || byte === RETURN || byte === FORM_FEED);
}

const ZERO = 0x30;
const POINT = 0x2e;

/** Powers of ten that are exact in a double. */
const POWERS = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));

/** Maximum number of digits of a whole number that is always exact in a double. */
const MAX_DIGITS = 15;

/**
 * The number that the bytes from `start` to `end` represent in plain decimal (`12`, `0.25`), equal to `Number` of the
 * text. A whole number below 2^53 divided by a power of ten below 10^23 is rounded once (Clinger, "How to read floating
 * point numbers accurately", PLDI 1990). NaN for every other text: a sign, an exponent, more than 15 digits, or no
 * digits.
 */
function decimal(bytes: Uint8Array, start: number, end: number): number {
  if (end === start || end - start > MAX_DIGITS + 1) return Number.NaN;
  let value = 0;
  let at = start;
  for (; at < end; at++) {
    const digit = bytes[at] - ZERO;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  if (at === end) return at - start > MAX_DIGITS ? Number.NaN : value;
  if (bytes[at] !== POINT || end - start === 1) return Number.NaN;
  const places = end - at - 1;
  for (at++; at < end; at++) {
    const digit = bytes[at] - ZERO;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value / POWERS[places];
}
