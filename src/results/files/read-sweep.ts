import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { InputError } from '../../model/index.js';
import { columnsOfParquet, readParquet, type TableValue } from './parquet-table.js';
import { isPlainFile } from './plain-file.js';
import { SWEEP_VERSION } from './version.js';

/** A sweep as its folder has it. */
export interface StoredSweep {
  readonly version: string;
  /** Names of the axes beside policy and seed. */
  readonly axes: readonly string[];
  /** Finished runs in the order of the table. */
  readonly runs: readonly SweptRun[];
  readonly failed: number;
  /** Workloads and lengths (in seconds) of the runs, each once. */
  readonly workloads: readonly string[];
  readonly lengths: readonly number[];
  /** Names of the columns of `runs.parquet` with numbers of the summary. */
  readonly metrics: readonly string[];
  /** A column of such numbers by name; null where a run has no value. */
  readonly column: (name: string) => readonly (number | null)[];
}

/** A finished run. */
export interface SweptRun {
  readonly policy: string;
  readonly seed: string;
  /** The text of each axis; empty if the run does not depend on it. */
  readonly parameters: readonly string[];
}

/** More runs are for `simulate query`. */
const MOST_RUNS = 50_000;

const manifestSchema = z.object({
  schema: z.literal(SWEEP_VERSION),
  version: z.string(),
  axes: z.array(z.string()),
  cells: z.array(
    z.object({
      id: z.string(),
      policy: z.string(),
      seed: z.string(),
      parameters: z.record(z.string(), z.string()),
      state: z.enum(['finished', 'failed']),
    }),
  ),
});

/** Columns of `runs.parquet` that are no numbers of a summary. */
const FACTS = [
  'cell',
  'policy',
  'seed',
  'workload',
  'machines_at_start',
  'run_seconds',
  'warm_up_seconds',
  'policy_digest',
];

/** Whether the folder is that of a sweep. */
export function isSweepFolder(folder: string): boolean {
  return existsSync(join(folder, 'sweep.json'));
}

/**
 * Reads `sweep.json`, and of `runs.parquet` the columns that `choose` picks from those with numbers. @throws InputError when the files are
 * damaged, do not belong together, or have too many runs.
 */
export async function readSweep(
  folder: string,
  choose: (metrics: readonly string[], runs: number) => readonly string[],
): Promise<StoredSweep> {
  const manifest = readManifest(join(folder, 'sweep.json'));
  const cells = manifest.cells.filter(({ state }) => state === 'finished');
  const file = join(folder, 'runs.parquet');
  if (!isPlainFile(file)) throw new InputError({ file }, `is missing; ${AGAIN}`);
  if (cells.length === 0) throw new InputError({ file: folder }, 'has no finished run');
  if (cells.length > MOST_RUNS)
    throw new InputError(
      { file: folder },
      `has ${cells.length} runs, and a report at most ${MOST_RUNS}; use simulate query`,
    );
  const columns = await columnsOfParquet(file);
  const others = new Set([...FACTS, ...manifest.axes]);
  const metrics = columns.flatMap(({ name, kind }) => (kind === 'text' || others.has(name) ? [] : [name]));
  const chosen = choose(metrics, cells.length);
  const table = await readParquet(file, [...['cell', 'workload', 'run_seconds'], ...chosen]);
  const column = (name: string): readonly TableValue[] =>
    table.data[table.columns.findIndex((one) => one.name === name)] ?? [];
  const ids = column('cell');
  if (ids.length !== cells.length || cells.some(({ id }, i) => ids[i] !== id))
    throw new InputError({ file }, `has other runs than sweep.json; ${AGAIN}`);
  return {
    version: manifest.version,
    axes: manifest.axes,
    runs: cells.map(({ policy, seed, parameters }) => ({
      policy,
      seed,
      parameters: manifest.axes.map((axis) => (Object.hasOwn(parameters, axis) ? parameters[axis] : '')),
    })),
    failed: manifest.cells.length - cells.length,
    workloads: [...new Set(column('workload').map(String))],
    lengths: [...new Set(column('run_seconds').map(Number))],
    metrics: chosen,
    column: (name) => column(name).map((value) => (typeof value === 'number' ? value : null)),
  };
}

const AGAIN = 'the same simulate sweep writes it again';

function readManifest(file: string): z.output<typeof manifestSchema> {
  if (!isPlainFile(file)) throw new InputError({ file }, `is no file; ${AGAIN}`);
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new InputError({ file }, `is not JSON (${(error as Error).message})`);
  }
  const read = manifestSchema.safeParse(content);
  if (!read.success)
    throw new InputError({ file }, `is not the list of runs of a sweep of this version; ${AGAIN}`);
  return read.data;
}
