import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { InputError } from '../../model/index.js';
import { EXPLANATIONS_FILE, EXPLANATIONS_VERSION, type ExplainedRun } from './explanations-file.js';
import { summaryFiles } from './read-summary.js';

const amounts = z.record(z.string(), z.number());
const counted = { least: z.number(), greatest: z.number() };
const answer = z.object({
  ...counted,
  reason: z.enum([
    'constraint',
    'too-small',
    'other-framework',
    'not-up',
    'too-little-free',
    'claimed',
    'offered',
    'placement-rule',
    'gathered',
    'not-offered',
    'room',
  ]),
  holders: z.array(z.string()),
  short: z.array(
    z.object({ ...counted, resource: z.string(), needed: z.number(), most: z.number().nullable() }),
  ),
});
const waited = z.object({
  ...counted,
  kind: z.literal('waited'),
  from: z.number(),
  to: z.number(),
  times: z.number(),
  isInTurn: z.boolean(),
  cause: z.enum([
    'no-room',
    'behind-head',
    'reservation',
    'plan',
    'filter',
    'preferred-machines',
    'claim',
    'limit',
    'no-offers',
    'conflict',
    'scheduler-busy',
    'probes',
    'not-chosen',
  ]),
  holders: z.array(z.string()),
  until: z.number().nullable(),
  detail: z.string(),
  standing: z.number().nullable(),
  classes: z.array(z.object({ capacity: amounts, machines: z.number(), answers: z.array(answer) })),
  classesLeftOut: z.number(),
});
const happened = z.object({
  kind: z.enum(['started', 'stopped', 'ended', 'never-runs', 'waits-at-end']),
  from: z.number(),
  to: z.number(),
  tasks: z.number(),
  words: z.string(),
  more: z.number(),
});
const schema = z.object({
  schema: z.literal(EXPLANATIONS_VERSION),
  policy: z.string(),
  seed: z.string(),
  histories: z.object({
    asked: z.array(z.string()),
    jobs: z.array(
      z.object({
        job: z.string(),
        framework: z.string(),
        submitted: z.number(),
        tasks: z.number(),
        isGang: z.boolean(),
        needs: amounts,
        requires: z.string(),
        waited: z.number().nullable(),
        entries: z.array(z.union([waited, happened])),
        leftOut: z.number(),
        leftOutTimes: z.number(),
      }),
    ),
    jobsLeftOut: z.number(),
  }),
});

/** The histories of all runs in a folder written by `--out`. @throws InputError when there are none, or a file is damaged */
export function readExplanations(folder: string): readonly ExplainedRun[] {
  if (!existsSync(folder)) throw new InputError({ file: folder }, 'no such file or folder');
  const files = summaryFiles(folder)
    .map((summary) => join(dirname(summary), EXPLANATIONS_FILE))
    .filter(existsSync);
  if (files.length === 0)
    throw new InputError(
      { file: folder },
      `has no ${EXPLANATIONS_FILE}; simulate --explain JOB --out DIR writes it`,
    );
  return files.map(read);
}

function read(file: string): ExplainedRun {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw new InputError({ file }, 'is not JSON');
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success)
    throw new InputError({ file }, `is not a file of explanations of this version (${EXPLANATIONS_VERSION})`);
  return parsed.data;
}
