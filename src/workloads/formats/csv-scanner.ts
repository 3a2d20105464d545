import { InputError } from '../../model/index.js';

/** Longest record that is read; a longer one is a sign of a file that is not CSV. */
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
 * Finds the records of CSV in bytes that come in chunks: commas, quotes as in RFC 4180, white space around fields left out,
 * lines that end with LF or CRLF, blank lines skipped, a byte order mark skipped. The fields of the record at hand are places
 * in a window of bytes: nothing is made per field or record, because a month of a large cluster has tens of millions of rows.
 */
export class CsvScanner {
  /** Fields of the record at hand. */
  fields = 0;
  /** Line on which the record at hand ends, counted from 1. */
  line = 0;

  private readonly file: string;
  /** One byte more than is filled: a line feed stands there, so that the loops need not look for the end. */
  private window = Buffer.alloc(1 << 16);
  private filled = 0;
  /** Where the next record begins, and on which line. */
  private position = 0;
  private nextLine = 1;
  private isMarkPassed = false;
  private isComplete = false;
  private starts = new Int32Array(32);
  private ends = new Int32Array(32);
  /** 1 where quotes are doubled inside the field. */
  private doubled = new Uint8Array(32);

  /** `file` is for messages. */
  constructor(file: string) {
    this.file = file;
  }

  /** Adds bytes behind those that are not read yet. Only once `next` has returned false. */
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

  /** There are no more bytes: what is left is the last record. */
  finish(): void {
    this.isComplete = true;
    this.window[this.filled] = LINE_FEED;
  }

  /** Goes to the next record; false when the bytes end before it does. @throws InputError when this is not CSV. */
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

  /** The text of a field of the record at hand. */
  text(field: number): string {
    const text = this.window.toString('utf8', this.starts[field], this.ends[field]);
    return this.doubled[field] === 1 ? text.replaceAll('""', '"') : text;
  }

  isEmpty(field: number): boolean {
    return this.starts[field] === this.ends[field];
  }

  /** The field as a plain decimal number >= 0, the same as `Number` makes of its text; NaN for whatever else it is. */
  decimal(field: number): number {
    return decimal(this.window, this.starts[field], this.ends[field]);
  }

  /** Are the bytes of the field these? */
  equals(field: number, bytes: Uint8Array, length: number): boolean {
    const start = this.starts[field];
    if (this.ends[field] - start !== length) return false;
    for (let i = 0; i < length; i++) if (this.window[start + i] !== bytes[i]) return false;
    return true;
  }

  /** The bytes of the field, which are another's after the next call of `feed`. */
  bytes(field: number): Uint8Array {
    return this.window.subarray(this.starts[field], this.ends[field]);
  }

  private get isBlank(): boolean {
    return this.fields === 1 && this.starts[0] === this.ends[0] && this.doubled[0] !== EMPTY_QUOTES;
  }

  /** False when it takes more bytes to tell a mark from text. */
  private passMark(): boolean {
    if (this.filled < MARK.length && !this.isComplete) return false;
    if (MARK.every((byte, i) => this.window[i] === byte)) this.position = MARK.length;
    this.isMarkPassed = true;
    return true;
  }

  /** Finds the fields up to the end of the line; false when the window ends first. */
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
        // Digits, letters and points are all above the comma: one comparison for most bytes.
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

  /** Where the quotes close that opened before `at`; -1 when the window ends first. */
  private closingQuote(at: number, field: number, line: number): number {
    const { window, filled } = this;
    for (let from = at; ; from += 2) {
      const quote = window.indexOf(QUOTE, from);
      const isInside = quote >= 0 && quote < filled;
      if (!isInside && this.isComplete) throw this.wrong(line + this.lineFeeds(at, filled), NOT_CLOSED);
      // A quote at the very end may be the first of two.
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

/** In `doubled`: the field is a pair of quotes with nothing in it, which makes a line with nothing else a record. */
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

/** Powers of ten that a double holds exactly. */
const POWERS = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));

/** Digits that a whole number may have so that every one of them is exact in a double. */
const MAX_DIGITS = 15;

/**
 * The number that the bytes from `start` to `end` say in plain decimal (`12`, `0.25`), the same double that `Number` makes of
 * them: a whole number below 2^53 over a power of ten below 10^23 is rounded once (Clinger, "How to read floating point numbers
 * accurately", PLDI 1990). NaN for whatever else stands there: a sign, an exponent, more than 15 digits, other text, nothing.
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
