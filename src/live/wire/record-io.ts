/** Invalid RecordIO; the rest of the stream is unreadable. */
export class MalformedRecordError extends Error {
  override readonly name = 'MalformedRecordError';
}

/** Maximum number of digits of a record length. */
const MAX_LENGTH_DIGITS = 10;
const LINE_FEED = 0x0a;
const ZERO = 0x30;

/** One record: its length in bytes as a decimal, a line feed, the bytes (Mesos, docs/recordio.md). */
export function encodeRecord(body: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`${body.length}\n`, 'latin1'), body]);
}

/** Splits a stream into records, independent of chunk borders. */
export class RecordReader {
  private readonly maxBytes: number;
  private length = 0;
  private digits = 0;
  private body: Buffer | undefined;
  private filled = 0;

  /** Records above `maxBytes` are refused before they are buffered. */
  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  /** The records that this chunk completes, in order. @throws MalformedRecordError */
  push(chunk: Buffer): readonly Buffer[] {
    const records: Buffer[] = [];
    let at = 0;
    while (at < chunk.length) {
      if (this.body === undefined) {
        this.readLength(chunk[at] as number);
        at++;
      } else {
        const copied = chunk.copy(this.body, this.filled, at);
        this.filled += copied;
        at += copied;
      }
      const whole = this.takeWhole();
      if (whole !== undefined) records.push(whole);
    }
    return records;
  }

  /** Whether there is an incomplete record. */
  get isWithin(): boolean {
    return this.body !== undefined || this.digits > 0;
  }

  private readLength(byte: number): void {
    if (byte === LINE_FEED && this.digits > 0) {
      this.body = Buffer.alloc(this.length);
      this.filled = 0;
      return;
    }
    const digit = byte - ZERO;
    if (digit < 0 || digit > 9)
      throw new MalformedRecordError('expected the length of a record as a decimal number');
    this.digits++;
    this.length = this.length * 10 + digit;
    if (this.digits > MAX_LENGTH_DIGITS || this.length > this.maxBytes)
      throw new MalformedRecordError(`a record is larger than ${this.maxBytes} bytes`);
  }

  private takeWhole(): Buffer | undefined {
    if (this.body === undefined || this.filled < this.body.length) return undefined;
    const whole = this.body;
    this.body = undefined;
    this.length = 0;
    this.digits = 0;
    return whole;
  }
}
