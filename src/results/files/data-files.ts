import { join, relative, sep } from 'node:path';
import { isPlainFile } from './plain-file.js';
import { RECORD_FILE, RUN_LIST_FILE } from './stored-runs.js';

/** Files of one run, or of a whole result, that stand in its folder. */
export interface DataFiles {
  /** Path of the run in the folder, such as `drf/seed-1`; empty for files of the folder itself. */
  readonly of: string;
  /** Paths in the folder, with `/`. */
  readonly paths: readonly string[];
}

const OF_RUN = [
  'summary.json',
  'jobs.csv',
  'tasks.csv',
  'series.csv',
  'machines.csv',
  'schema.json',
  RECORD_FILE,
];

const TABLES = ['runs', 'metrics', 'series', 'jobs'];
const OF_SWEEP = [
  ...TABLES.flatMap((table) => [`${table}.parquet`, `${table}.csv`]),
  ...['schema.json', 'sweep.json', 'failures.csv'],
];

/** The files of a folder of `--out`, those of each run in one entry. Only files that are there, and no symbolic links. */
export function dataFilesOfRuns(folder: string, runFolders: readonly string[]): DataFiles[] {
  const own = filesIn(folder, folder, [RUN_LIST_FILE]);
  return [...runFolders.map((run) => filesIn(folder, run, OF_RUN)), own].filter(
    ({ paths }) => paths.length > 0,
  );
}

/** The files of a folder of a sweep. */
export function dataFilesOfSweep(folder: string): DataFiles[] {
  return [filesIn(folder, folder, OF_SWEEP)];
}

function filesIn(folder: string, place: string, names: readonly string[]): DataFiles {
  const of = relative(folder, place).split(sep).join('/');
  const there = names.filter((name) => isPlainFile(join(place, name)));
  return { of, paths: there.map((name) => (of === '' ? name : `${of}/${name}`)) };
}
