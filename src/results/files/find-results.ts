import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pluralText } from '../metric-text.js';
import { isPlainFile } from './plain-file.js';
import { RUN_LIST_FILE } from './stored-runs.js';

/** A folder of results below another folder. */
export interface FoundResult {
  /** Path in the folder that was searched, with `/`; empty for this folder itself. */
  readonly path: string;
  readonly kind: 'runs' | 'sweep';
  /** What is in it, such as `silos and drf: 4 runs`; empty if its list of runs cannot be read. */
  readonly about: string;
}

/** Results of a search, in the order of their paths. */
export interface FoundResults {
  readonly results: readonly FoundResult[];
  /** Whether the search ended at one of its limits, so that there may be more. */
  readonly isCut: boolean;
}

const DEEPEST = 6;
const MOST_RESULTS = 500;
const MOST_ENTRIES = 50_000;
const MOST_LIST_BYTES = 2 ** 22;

/** The folders of `--out` and of sweeps below a folder, without following symbolic links. The cells of a sweep are part of it. */
export function findResults(root: string): FoundResults {
  const results: FoundResult[] = [];
  let entries = 0;
  let isCut = false;
  const visit = (path: string, depth: number, isInResult: boolean) => {
    const folder = join(root, path);
    const inside = entriesOf(folder);
    entries += inside.length;
    if (entries > MOST_ENTRIES || results.length >= MOST_RESULTS) {
      isCut = true;
      return;
    }
    const has = (name: string) => inside.some((entry) => entry.isFile() && entry.name === name);
    if (has('sweep.json')) {
      results.push({ path, kind: 'sweep', about: aboutSweep(folder) });
      return;
    }
    const isResult = has(RUN_LIST_FILE) || (has('summary.json') && !isInResult);
    if (isResult) results.push({ path, kind: 'runs', about: aboutRuns(folder) });
    const folders = inside.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    if (depth === DEEPEST) isCut ||= folders.length > 0;
    else
      for (const name of folders.sort())
        visit(path === '' ? name : `${path}/${name}`, depth + 1, isInResult || isResult);
  };
  visit('', 0, false);
  return { results, isCut };
}

/** A folder that may not be read has no results. */
function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function aboutRuns(folder: string): string {
  const policies = namesIn(join(folder, RUN_LIST_FILE), 'runs');
  return policies.length === 0 ? '' : aboutText(policies, '');
}

function aboutSweep(folder: string): string {
  const file = join(folder, 'sweep.json');
  const policies = namesIn(file, 'cells');
  const { axes } = parsed(file) as { readonly axes?: unknown };
  const names = Array.isArray(axes) ? axes.map(String) : [];
  return policies.length === 0
    ? ''
    : aboutText(policies, names.length === 0 ? '' : ` over ${names.join(', ')}`);
}

function aboutText(policies: readonly string[], over: string): string {
  return `${[...new Set(policies)].join(', ')}${over}: ${pluralText(policies.length, 'run')}`;
}

/** The policies of the entries of a list in a JSON file. */
function namesIn(file: string, key: string): string[] {
  const list = parsed(file)[key];
  if (!Array.isArray(list)) return [];
  return list.map((entry) => String((entry as { readonly policy?: unknown } | null)?.policy ?? ''));
}

function parsed(file: string): Readonly<Record<string, unknown>> {
  try {
    if (!isPlainFile(file) || statSync(file).size > MOST_LIST_BYTES) return {};
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return typeof content === 'object' && content !== null ? (content as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
