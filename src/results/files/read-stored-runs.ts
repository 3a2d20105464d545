import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import { summarySchema } from '../../metrics/catalogue/summary-schema.js';
import type { RunRecord } from '../../metrics/run-record.js';
import { InputError } from '../../model/index.js';
import { digestText } from './digest.js';
import { unpackedValue } from './packed-document.js';
import { isPlainFile } from './plain-file.js';
import { summaryFiles } from './read-summary.js';
import { schemaMistake } from './schema-mistake.js';
import {
  RECORD_FILE,
  RECORD_VERSION,
  RUN_LIST_FILE,
  RUN_LIST_VERSION,
  type RunListFacts,
  summaryText,
} from './stored-runs.js';

/** The runs in a folder of `--out`. */
export interface StoredRuns extends RunListFacts {
  /** In the order in which they were given; runs that `runs.json` does not know are last, in the order of their paths. */
  readonly records: readonly RunRecord[];
  /** The folder of each run, which begins with that of the results. */
  readonly folders: readonly string[];
}

/** A record is not unpacked beyond this size, nor all records of a folder beyond the other. */
const MOST_RECORD_BYTES = 2 ** 28;
const MOST_BYTES = 2 ** 30;

const bins = z.instanceof(Float64Array);
const count = z.number().int().min(0);
const recovery = { tasks: count, half: z.number().nullable(), running: z.number().nullable() };

/** What reports read of a record. Other keys are allowed. */
const recordSchema = z.object({
  summary: summarySchema,
  series: z
    .object({
      start: z.number(),
      binSeconds: z.number(),
      lastBinSeconds: z.number(),
      columns: z.array(z.object({ name: z.string(), values: bins })),
    })
    .refine(({ columns }) => areEquallyLong(columns.map(({ values }) => values)), 'columns of one length'),
  waits: z.record(z.string(), z.array(z.object({ seconds: z.number(), tasks: z.number() }))),
  heat: z
    .object({
      machines: count,
      machinesPerRow: count.min(1),
      start: z.number(),
      binSeconds: z.number(),
      rows: z.array(bins),
    })
    .refine(({ rows }) => areEquallyLong(rows), 'rows of one length'),
  faults: z.object({
    faults: z.array(
      z.object({
        at: z.number(),
        state: z.enum(['off', 'cut']),
        machines: count,
        named: z.array(z.string()),
        racks: z.array(z.string()),
        detected: z.object({ first: z.number(), last: z.number() }).nullable(),
        returned: z.number().nullable(),
        total: z.object(recovery).nullable(),
        losses: z.array(z.object({ framework: z.string(), ...recovery })),
      }),
    ),
    outages: z.array(
      z.object({ machine: count, state: z.enum(['off', 'cut']), from: z.number(), to: z.number() }),
    ),
    faultsLeftOut: count,
    outagesLeftOut: count,
  }),
});

const fileSchema = z.object({ schema: z.literal(RECORD_VERSION), record: recordSchema });

const listSchema = z.object({
  schema: z.literal(RUN_LIST_VERSION),
  command: z.string().nullable(),
  versus: z.string().nullable(),
  runs: z.array(z.object({ summary: z.string() })),
});

function areEquallyLong(arrays: readonly Float64Array[]): boolean {
  return arrays.every(({ length }) => length === arrays[0].length);
}

/** A run that was found in a folder of results. */
export interface FoundRun {
  readonly folder: string;
  /** `summary.json` as it is. */
  readonly summary: string;
  /** Whether `runs.json` knows this run. */
  readonly isListed: boolean;
}

/** The runs in a folder of `--out`, in the order of its report, and what `runs.json` says of them if it knows exactly these. */
export function findRuns(folder: string): RunListFacts & { readonly runs: readonly FoundRun[] } {
  const list = readRunList(folder);
  const places = new Map(list?.runs.map(({ summary }, place) => [summary, place]));
  const found = summaryFiles(folder).map((file) => {
    const summary = readFileSync(file, 'utf8');
    const place = places.get(digestText(summary));
    return { folder: dirname(file), summary, isListed: place !== undefined, place: place ?? places.size };
  });
  const isWhole = found.length === places.size && found.every(({ isListed }) => isListed);
  return {
    runs: found.sort((a, b) => a.place - b.place),
    ...(isWhole && { command: list?.command ?? undefined, versus: list?.versus ?? undefined }),
  };
}

/**
 * Reads the records of all runs in a folder of `--out`. No symbolic link is followed. @throws InputError for a folder without results, from
 * before there were records, or that is damaged.
 */
export function readStoredRuns(folder: string): StoredRuns {
  const { runs, ...facts } = findRuns(folder);
  if (runs.length === 0)
    throw new InputError(
      { file: folder },
      'no results in this folder, expected what --out or a sweep writes',
    );
  let bytes = 0;
  const records = runs.map((run) => {
    const read = readRecord(run.folder, run.summary);
    bytes += read.bytes;
    if (bytes > MOST_BYTES)
      throw new InputError({ file: folder }, 'has more than 1 GiB of records; give folders of fewer runs');
    return read.record;
  });
  return { ...facts, records, folders: runs.map((run) => run.folder) };
}

/** Undefined without a list, and for one of another version: the order of the paths is good enough. */
function readRunList(folder: string): z.output<typeof listSchema> | undefined {
  const file = join(folder, RUN_LIST_FILE);
  if (!isPlainFile(file)) return undefined;
  try {
    return listSchema.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data;
  } catch {
    return undefined;
  }
}

function readRecord(folder: string, summary: string): { readonly record: RunRecord; readonly bytes: number } {
  const file = join(folder, RECORD_FILE);
  if (!isPlainFile(file))
    throw new InputError(
      { file: folder },
      `has no ${RECORD_FILE}, which a report needs; make the runs again with --out`,
    );
  const text = unzipped(file);
  const record = checkedRecord(file, unpackedDocument(file, text));
  if (summaryText(record.summary) !== summary)
    throw new InputError(
      { file },
      'is the record of another run than summary.json beside it; make the runs again with --out',
    );
  return { record, bytes: text.length };
}

function unzipped(file: string): string {
  try {
    return gunzipSync(readFileSync(file), { maxOutputLength: MOST_RECORD_BYTES }).toString('utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE')
      throw new InputError({ file }, `is larger than ${MOST_RECORD_BYTES} bytes`);
    throw new InputError({ file }, `is damaged (${message}); make the run again with --out`);
  }
}

function unpackedDocument(file: string, text: string): unknown {
  try {
    return unpackedValue(text);
  } catch (error) {
    throw new InputError({ file }, `is damaged (${(error as Error).message}); make the run again with --out`);
  }
}

/** What was read, and not the output of the schema, which leaves out what it does not know. */
function checkedRecord(file: string, document: unknown): RunRecord {
  const parsed = fileSchema.safeParse(document);
  if (parsed.success) return (document as { readonly record: RunRecord }).record;
  const { schema } = (document ?? {}) as { readonly schema?: unknown };
  if (schema !== RECORD_VERSION)
    throw new InputError(
      { file },
      `is no record of this version (${RECORD_VERSION}); make the run again with --out`,
    );
  const { place, problem } = schemaMistake(parsed.error.issues[0], document, fileSchema);
  throw new InputError(
    { file, field: place.path?.join('.') ?? 'record' },
    `${problem}; make the run again with --out`,
  );
}
