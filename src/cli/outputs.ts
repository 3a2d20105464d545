import { realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { InputError, quote } from '../model/index.js';
import { checkWritable } from '../results/files/result-files.js';
import { RECORD_FILE, RUN_LIST_FILE } from '../results/files/stored-runs.js';

/** Files and the folder that a run writes. */
export interface Outputs {
  readonly out?: string;
  readonly jobsOut?: string;
  readonly eventsOut?: string;
  readonly perfetto?: string;
  readonly report?: string;
}

/** Files in the folder of a single run. The report has the same content as that of --report. */
const FILES_OF_RUN = [
  'summary.json',
  'jobs.csv',
  'series.csv',
  'machines.csv',
  'schema.json',
  'explanations.json',
  RECORD_FILE,
  RUN_LIST_FILE,
];

/** @throws InputError for an output that cannot be written, or that would overwrite another output or an input. */
export function checkOutputs(
  { out, jobsOut, eventsOut, perfetto, report }: Outputs,
  isSingle: boolean,
  inputs: Readonly<Record<string, string | undefined>>,
): void {
  if (out !== undefined) checkWritable(out, 'folder');
  const taken = new Map<string, string>();
  for (const [option, path] of Object.entries(inputs))
    if (path !== undefined)
      taken.set(realPath(path), `is also the file of ${option}, which it would overwrite`);
  if (out !== undefined && isSingle) for (const name of FILES_OF_RUN) take(join(out, name), '--out', taken);
  const files = {
    '--jobs-out': jobsOut,
    '--events-out': eventsOut,
    '--perfetto': perfetto,
    '--report': report,
  };
  for (const [option, path] of Object.entries(files)) {
    if (path === undefined) continue;
    take(path, option, taken);
    checkWritable(path, 'file');
  }
}

function take(path: string, option: string, taken: Map<string, string>): void {
  const other = taken.get(realPath(path));
  if (other !== undefined) throw new InputError({ field: option }, `${quote(path)} ${other}`);
  taken.set(realPath(path), `is also the file of ${option}`);
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}
