import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Summary } from '../../metrics/catalogue/catalogue.js';
import type { RunRecord } from '../../metrics/run-record.js';
import { digestText } from './digest.js';
import { packedText } from './packed-document.js';
import { writeResult } from './result-files.js';
import { VERSION } from './version.js';

/** The form of `record.json.gz`. A report that needs what earlier records do not have gets another one. */
export const RECORD_VERSION = 'fairground/record@1';

/** The form of `runs.json`. */
export const RUN_LIST_VERSION = 'fairground/runs@1';

/** The file in the folder of a run with everything that a report shows of it. */
export const RECORD_FILE = 'record.json.gz';

/** The file in a folder of `--out` with the order of its runs, and the command that made them. */
export const RUN_LIST_FILE = 'runs.json';

/** What a report says of its runs that is in no run. */
export interface RunListFacts {
  readonly command?: string | undefined;
  readonly versus?: string | undefined;
}

/** `summary.json` to the byte. */
export function summaryText(summary: Summary): string {
  return `${JSON.stringify(summary, null, 2)}\n`;
}

/**
 * Writes the whole record of a run, so that a report of the stored run is the same as one of the run itself.
 * @throws InputError when the folder cannot be written.
 */
export function writeRunRecord(folder: string, record: RunRecord): void {
  const text = packedText({ schema: RECORD_VERSION, version: VERSION, record });
  writeResult(join(folder, RECORD_FILE), gzipSync(text));
}

/**
 * Writes `runs.json`: the order of the runs in the report, by digests of their summaries. A run that is written again has another
 * digest, so that a list never speaks of runs that it does not know. @throws InputError when the folder cannot be written.
 */
export function writeRunList(
  folder: string,
  summaries: readonly Summary[],
  { command, versus }: RunListFacts,
): void {
  const list = {
    schema: RUN_LIST_VERSION,
    version: VERSION,
    command: command ?? null,
    versus: versus ?? null,
    runs: summaries.map((summary) => ({
      policy: summary.run.policy.name,
      seed: summary.run.seed,
      summary: digestText(summaryText(summary)),
    })),
  };
  writeResult(join(folder, RUN_LIST_FILE), `${JSON.stringify(list, null, 2)}\n`);
}
