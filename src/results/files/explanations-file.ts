import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { WaitHistories } from '../../model/index.js';
import { writeResult } from './result-files.js';

/** The histories of one run, with its name. */
export interface ExplainedRun {
  readonly policy: string;
  readonly seed: string;
  readonly histories: WaitHistories;
}

/** The version of the form. Every run loads this module, so the schema is beside it, in read-explanations.ts: zod is not loaded. */
export const EXPLANATIONS_VERSION = 'fairground/explanations@1';

/** Name of the file in the folder of a run. */
export const EXPLANATIONS_FILE = 'explanations.json';

/** Writes the file into the folder of a run, or removes that of an earlier run. @throws InputError */
export function writeExplanations(
  folder: string,
  run: Omit<ExplainedRun, 'histories'>,
  histories?: WaitHistories,
): void {
  const path = join(folder, EXPLANATIONS_FILE);
  if (histories === undefined) rmSync(path, { force: true });
  else writeResult(path, `${JSON.stringify({ schema: EXPLANATIONS_VERSION, ...run, histories }, null, 2)}\n`);
}
