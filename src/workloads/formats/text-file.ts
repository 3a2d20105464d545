import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { createGunzip } from 'node:zlib';
import { InputError } from '../../model/index.js';

/** Maximum length of a line. A longer one indicates that the file is not text. */
const MAX_LINE_CHARACTERS = 1 << 20;

/** Number of bytes that are read, or decompressed, at a time. */
const CHUNK_BYTES = 1 << 18;

/** Lines of a chunk of a file. `firstLine` is counted from 1. */
export interface LineBlock {
  readonly firstLine: number;
  readonly lines: readonly string[];
}

/** Progress of reading a file, in bytes on disk. */
export class ReadMeter {
  read = 0;
  total = 0;

  /** 0 to 1. */
  get share(): number {
    return this.total === 0 ? 0 : this.read / this.total;
  }
}

/**
 * A text file, `.gz` or plain, as lines without their ends (LF or CRLF), a chunk at a time.
 * @throws InputError when it cannot be read, is truncated, is not text, or has a line of over a million characters.
 */
export async function* readLines(path: string, meter?: ReadMeter): AsyncGenerator<LineBlock> {
  const decoder = new TextDecoder('utf-8');
  let rest = '';
  let firstLine = 1;
  for await (const chunk of readBytes(path, meter)) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() as string;
    checkText(path, firstLine, lines);
    if (rest.length > MAX_LINE_CHARACTERS) throw lineTooLong(path, firstLine + lines.length);
    if (lines.length > 0) yield { firstLine, lines: lines.map(withoutReturn) };
    firstLine += lines.length;
  }
  rest += decoder.decode();
  if (rest === '') return;
  checkText(path, firstLine, [rest]);
  yield { firstLine, lines: [withoutReturn(rest)] };
}

/** The bytes of a file, decompressed if its name ends with `.gz`. @throws InputError, see `readLines`. */
export async function* readBytes(path: string, meter = new ReadMeter()): AsyncGenerator<Uint8Array> {
  meter.total = await sizeOf(path);
  const file = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  // With zlib's default of 16 KiB, a month of a large cluster has a hundred thousand chunks. Each costs a turn of the
  // event loop.
  const stream = path.endsWith('.gz') ? file.pipe(createGunzip({ chunkSize: CHUNK_BYTES })) : file;
  // The pipe does not forward errors of the file.
  if (stream !== file) file.on('error', (error) => stream.destroy(error));
  try {
    let isFirst = true;
    for await (const chunk of stream) {
      if (isFirst && stream === file && isGzip(chunk as Uint8Array))
        throw new InputError({ file: path }, 'is gzip data, but its name does not end with .gz');
      isFirst = false;
      meter.read = file.bytesRead;
      yield chunk as Uint8Array;
    }
  } catch (error) {
    throw readError(path, error as NodeJS.ErrnoException);
  } finally {
    file.destroy();
  }
}

/** Does the data begin with the magic number of gzip (RFC 1952, section 2.3.1)? */
function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** The size of a file in bytes. @throws InputError when there is no such file. */
export async function sizeOf(path: string): Promise<number> {
  const stats = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw readError(path, error);
  });
  if (!stats.isFile()) throw new InputError({ file: path }, 'is not a file');
  return stats.size;
}

function readError(path: string, error: NodeJS.ErrnoException): Error {
  switch (error.code) {
    case 'ENOENT':
      return new InputError({ file: path }, 'file not found');
    case 'EACCES':
      return new InputError({ file: path }, 'permission denied');
    case 'Z_BUF_ERROR':
      return new InputError({ file: path }, 'the compressed data is truncated');
    case 'Z_DATA_ERROR':
      return new InputError({ file: path }, 'has the ending .gz but is not valid gzip data');
    default:
      return error.code === undefined
        ? error
        : new InputError({ file: path }, `cannot be read (${error.code})`);
  }
}

/** Control characters that do not occur in text: all except tab, line feed, form feed and carriage return. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: this is what tells binary data from text
const BINARY = /[\u0000-\u0008\u000b\u000e-\u001f]/;

function checkText(path: string, firstLine: number, lines: readonly string[]): void {
  for (let i = 0; i < lines.length; i++) {
    if (lines[i].length > MAX_LINE_CHARACTERS) throw lineTooLong(path, firstLine + i);
    if (BINARY.test(lines[i]))
      throw new InputError({ file: path, line: firstLine + i }, 'binary data, expected text');
  }
}

function lineTooLong(path: string, line: number): InputError {
  return new InputError({ file: path, line }, `the line has more than ${MAX_LINE_CHARACTERS} characters`);
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

/** A path without its folder, for results. */
export function fileName(path: string): string {
  return basename(path);
}
