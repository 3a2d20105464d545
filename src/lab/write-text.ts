import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { InputError } from '../model/index.js';
import { partialPath } from './result-files.js';

/** Fast rather than small: packing costs more than making the rows at zlib's own default of 6. */
const GZIP_LEVEL = 2;

/**
 * Writes text that is made piece by piece, packed when the name ends with `.gz`. The file appears under its name only when it
 * is whole. @throws InputError when the place cannot be written.
 */
export async function writeText(
  path: string,
  pieces: AsyncIterable<string> | Iterable<string>,
): Promise<void> {
  const partial = partialPath(path);
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = createWriteStream(partial);
    const text = Readable.from(pieces, { objectMode: true });
    if (path.endsWith('.gz')) await pipeline(text, asBytes(), createGzip({ level: GZIP_LEVEL }), file);
    else await pipeline(text, file);
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    const { code } = error as NodeJS.ErrnoException;
    throw code === undefined ? error : new InputError({ file: path }, `cannot be written (${code})`);
  }
}

function asBytes(): Transform {
  return new Transform({
    writableObjectMode: true,
    transform: (text: string, _encoding, done) => done(null, Buffer.from(text)),
  });
}
