import { didYouMean, InputError, quote } from '../../model/index.js';
import { fairgroundCsv } from './fairground-csv.js';
import { fairgroundParquet, isParquet, PARQUET_MAGIC } from './fairground-parquet.js';
import type { Format } from './format.js';
import { omegaCsv } from './omega-csv.js';
import { openb } from './openb.js';
import { swf } from './swf.js';
import { readLines } from './text-file.js';

/** All formats of `--format NAME`, in the order in which they are tried on a file. */
export const FORMATS: readonly Format[] = [openb, fairgroundCsv, fairgroundParquet, omegaCsv, swf];

/** The format of this name. @throws InputError */
export function formatNamed(name: string): Format {
  const format = FORMATS.find((f) => f.name === name);
  if (format === undefined) {
    const known = FORMATS.map((f) => f.name);
    throw new InputError(
      { field: '--format' },
      `unknown trace format ${quote(name)}, expected one of ${known.join(', ')}${didYouMean(name, known)}`,
    );
  }
  return format;
}

/** The format of a file, recognized by its name and its first lines. @throws InputError when no format matches. */
export async function formatOf(path: string): Promise<Format> {
  const head = await firstLines(path);
  const format = FORMATS.find((f) => f.recognizes(path, head));
  if (format === undefined) {
    const known = FORMATS.map((f) => f.name).join(', ');
    throw new InputError({ file: path }, `has an unknown format; choose one with --format (${known})`);
  }
  return format;
}

/** The first lines of a text file; the magic number alone of a Parquet file. */
async function firstLines(path: string): Promise<readonly string[]> {
  if (await isParquet(path)) return [PARQUET_MAGIC];
  for await (const { lines } of readLines(path)) return lines.slice(0, 50);
  throw new InputError({ file: path }, 'is empty');
}
