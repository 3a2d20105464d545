import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Summary, summarySchema } from '../../metrics/summary/summary-schema.js';
import { InputError } from '../../model/index.js';

/**
 * The summaries at a path: of a `summary.json`, of a file with several (as `--json` prints them), or of all `summary.json`
 * below a folder, in order of their paths.
 * @throws InputError when there is none, or one is not a summary.
 */
export function readSummaries(path: string): Summary[] {
  if (!existsSync(path)) throw new InputError({ file: path }, 'there is no such file or folder');
  const files = statSync(path).isDirectory() ? summaryFiles(path) : [path];
  if (files.length === 0) throw new InputError({ file: path }, 'has no summary.json in it');
  return files.flatMap(readFile);
}

/** Paths of all `summary.json` below a folder, in order. */
export function summaryFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name === 'summary.json')
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function readFile(file: string): Summary[] {
  let document: unknown;
  try {
    document = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new InputError({ file }, `is not JSON (${(error as Error).message})`);
  }
  const values: readonly unknown[] = Array.isArray(document) ? document : [document];
  if (values.length === 0) throw new InputError({ file }, 'has no summary in it');
  return values.map((value) => asSummary(file, value));
}

function asSummary(file: string, value: unknown): Summary {
  const parsed = summarySchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new InputError(
    { file, field: issue.path.join('.') || 'schema' },
    `is not a summary of this version: ${issue.message}`,
  );
}
