import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { Summary } from '../../metrics/catalogue/catalogue.js';
import { InputError } from '../../model/index.js';
import { summaryFiles } from '../../results/files/read-summary.js';
import { writeResult } from '../../results/files/result-files.js';
import { summaryText } from '../../results/files/stored-runs.js';
import { VERSION } from '../../results/files/version.js';

const updateSchema = z.object({
  reason: z.string().describe('why the baseline was replaced'),
  version: z.string().describe('version of Fairground'),
  policies: z.array(z.object({ name: z.string(), digest: z.string().nullable() })),
  verdict: z.string().describe('verdict of the gate before the update'),
});

const updatesSchema = z.object({
  schema: z.literal('fairground/baseline@1'),
  updates: z.array(updateSchema),
});

/** One update of a baseline: why, and what it changed. */
type BaselineUpdate = z.output<typeof updateSchema>;

/** Replaces the summaries of a baseline, in their order, and records the reason beside them. @throws InputError */
export function updateBaseline(
  path: string,
  runs: readonly Summary[],
  { reason, verdict }: Pick<BaselineUpdate, 'reason' | 'verdict'>,
): void {
  const file = updatesFile(path);
  const before = readUpdates(file);
  if (statSync(path).isDirectory()) {
    summaryFiles(path).forEach((summary, i) => {
      writeResult(summary, summaryText(runs[i]));
    });
  } else writeResult(path, runs.length === 1 ? summaryText(runs[0]) : `${JSON.stringify(runs, null, 2)}\n`);
  const policies = new Map(runs.map(({ run }) => [run.policy.name, run.policy.digest ?? null]));
  const update: BaselineUpdate = {
    reason,
    version: VERSION,
    policies: [...policies].map(([name, digest]) => ({ name, digest })),
    verdict,
  };
  const document = { schema: 'fairground/baseline@1', updates: [...before, update] };
  writeResult(file, `${JSON.stringify(document, null, 2)}\n`);
}

/** `baseline.json` in the folder of the baseline, or beside its file. */
function updatesFile(path: string): string {
  return join(statSync(path).isDirectory() ? path : dirname(path), 'baseline.json');
}

/** @throws InputError if the file is not a list of updates. */
function readUpdates(file: string): readonly BaselineUpdate[] {
  if (!existsSync(file)) return [];
  try {
    return updatesSchema.parse(JSON.parse(readFileSync(file, 'utf8'))).updates;
  } catch {
    throw new InputError({ file }, 'is not the list of updates of a baseline, which --update writes');
  }
}
