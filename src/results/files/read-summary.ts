import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Summary } from '../../metrics/catalogue/catalogue.js';
import { SUMMARY_VERSION } from '../../metrics/catalogue/entry.js';
import { summarySchema } from '../../metrics/catalogue/summary-schema.js';
import { InputError } from '../../model/index.js';
import { RESULTS_VERSION } from '../results-schema.js';
import { schemaMistake } from './schema-mistake.js';
import { SWEEP_VERSION } from './version.js';

/** What is read of `sweep.json`. */
const sweepSchema = z.object({
  schema: z.literal(SWEEP_VERSION),
  cells: z.array(z.object({ id: z.string() })),
});

const VERSION_1 = 'fairground/summary@1';

/**
 * Reads the summaries at a path: one `summary.json`, a file with several (a results document as printed by `--json`, or a list), or all `summary.json` files
 * of a folder written by `--out`, in order of their paths. `note` is called with a line for each file of an older version.
 * @throws InputError when there is no summary, or a file is not a summary.
 */
export function readSummaries(path: string, note: (line: string) => void = writeNote): Summary[] {
  if (!existsSync(path)) throw new InputError({ file: path }, 'no such file or folder');
  const files = statSync(path).isDirectory() ? summaryFiles(path) : [path];
  if (files.length === 0)
    throw new InputError({ file: path }, `no results in this folder, expected ${LAYOUT}`);
  return files.flatMap((file) => readFile(file, note));
}

function writeNote(line: string): void {
  process.stderr.write(`${line}\n`);
}

const LAYOUT = 'summary.json, POLICY/summary.json or POLICY/seed-N/summary.json, as --out writes them';

/** Maximum number of folders between the results folder and a summary.json: the policy and the seed. */
const DEEPEST = 2;

/** Paths of the `summary.json` files in a folder: sorted if `--out` wrote them, in the order of the cells if a sweep did. */
export function summaryFiles(folder: string): string[] {
  return cellsOfSweep(folder) ?? filesWithin(folder, DEEPEST).sort();
}

/** The finished cells in `sweep.json`; undefined if the folder has none. A cell that is no longer in the sweep is left out. */
function cellsOfSweep(folder: string): string[] | undefined {
  const manifest = join(folder, 'sweep.json');
  if (!existsSync(manifest)) return undefined;
  const read = sweepSchema.safeParse(parsedFile(manifest));
  if (!read.success)
    throw new InputError(
      { file: manifest },
      'is not the list of runs of a sweep of this version; the same simulate sweep writes it again',
    );
  return read.data.cells.map(({ id }) => join(folder, 'cells', id, 'summary.json')).filter(existsSync);
}

function filesWithin(folder: string, depth: number): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isFile()) return entry.name === 'summary.json' ? [path] : [];
    return entry.isDirectory() && depth > 0 ? filesWithin(path, depth - 1) : [];
  });
}

function parsedFile(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new InputError({ file }, `is not JSON (${(error as Error).message})`);
  }
}

function readFile(file: string, note: (line: string) => void): Summary[] {
  const document = parsedFile(file);
  const values = summariesIn(document);
  if (values.length === 0) throw new InputError({ file }, 'contains no summary');
  if (values.some(isVersion1))
    note(
      `note: ${file}: written by an earlier version, which computed shares of the capacity, down time, lost work and slowdowns differently`,
    );
  return values.map((value) => asSummary(file, isVersion1(value) ? fromVersion1(value) : value));
}

/** The runs of a results document, the entries of a list, or the document itself. */
function summariesIn(document: unknown): readonly unknown[] {
  if (Array.isArray(document)) return document;
  const { schema, runs } = (document ?? {}) as Readonly<Record<string, unknown>>;
  return schema === RESULTS_VERSION && Array.isArray(runs) ? runs : [document];
}

function isVersion1(value: unknown): value is object {
  return typeof value === 'object' && value !== null && 'schema' in value && value.schema === VERSION_1;
}

/** Version 1 had other names for some keys, and its first results had no schedulers. Nothing else is missing in all of them. */
function fromVersion1(value: object): unknown {
  const keys = Object.entries(value).map(([key, content]) => [
    key === 'dayTwo' ? 'operations' : key,
    content,
  ]);
  return { schedulers: {}, ...Object.fromEntries(keys), schema: SUMMARY_VERSION };
}

function asSummary(file: string, value: unknown): Summary {
  const parsed = summarySchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { place, problem } = schemaMistake(parsed.error.issues[0], value, summarySchema);
  const field = place.path?.join('.') || place.field;
  throw new InputError(
    { file, ...(field !== undefined && { field }) },
    `is not a summary of this version: ${problem}`,
  );
}
