import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { InputError } from '../../model/index.js';

const amount = z.number().min(0);
/** One number, or a closed range. */
const expected = z.union([z.number(), z.tuple([z.number(), z.number()])]);
const byWorkload = z.record(z.string(), expected);

const expectations = z.strictObject({
  jobs: expected.optional(),
  tasksPlaced: expected.optional(),
  jobsAbandoned: expected.optional(),
  utilizationCpus: expected.optional(),
  utilizationMem: expected.optional(),
  lockedCpus: expected.optional(),
  lockedMem: expected.optional(),
  busy: byWorkload.optional(),
  wasted: byWorkload.optional(),
  waitMean: byWorkload.optional(),
  waitP90: byWorkload.optional(),
  queueUntilFullMean: byWorkload.optional(),
  queueUntilFullP90: byWorkload.optional(),
  attemptsMean: byWorkload.optional(),
  conflictFraction: byWorkload.optional(),
});

const common = {
  id: z.string().min(1),
  trace: z.string().min(1),
  horizonSeconds: z.number().positive(),
  machines: z.strictObject({
    count: z.number().int().positive(),
    cpus: z.number().positive(),
    memGiB: z.number().positive(),
  }),
  thinkTimeSeconds: z.record(z.string(), z.strictObject({ perJob: amount, perTask: amount })),
  expect: expectations,
  /** Relative tolerance of plain numbers. A text states that ranges are expected. */
  tolerance: z.union([amount, z.string()]),
};

const omegaCase = z.discriminatedUnion('architecture', [
  z.strictObject({ ...common, architecture: z.literal('monolithic') }),
  z.strictObject({
    ...common,
    architecture: z.literal('two-level'),
    twoLevel: z.strictObject({
      allocatorThinkSeconds: amount,
      offerIntervalSeconds: amount,
      minimumOfferCpus: amount,
    }),
  }),
  z.strictObject({
    ...common,
    architecture: z.literal('shared-state'),
    sharedState: z.strictObject({
      conflict: z.enum(['resource-fit', 'sequence-numbers']),
      transaction: z.enum(['incremental', 'all-or-nothing']),
      schedulers: z.record(z.string(), z.number().int().positive()),
    }),
  }),
]);

/** One run of the Omega study: its cell, its schedulers, and the results of the peer simulator. */
export type OmegaCase = z.infer<typeof omegaCase>;
/** A target value, or a closed range. */
export type Expected = z.infer<typeof expected>;

/** The cases of a file. @throws InputError that names the file, the case and the field. */
export function readOmegaCases(file: string): readonly OmegaCase[] {
  const cases = parsedJson(file);
  if (!Array.isArray(cases) || cases.length === 0)
    throw new InputError({ file }, 'expected a list with at least one case');
  return cases.map((value, place) => {
    const result = omegaCase.safeParse(value);
    if (!result.success) throw caseError(file, value, place, result.error.issues[0]);
    return result.data;
  });
}

function parsedJson(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new InputError({ file }, code === 'ENOENT' ? 'file not found' : `cannot be read (${code})`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError({ file }, `is not JSON: ${(error as Error).message}`);
  }
}

function caseError(file: string, value: unknown, place: number, issue: z.core.$ZodIssue): InputError {
  const id = (value as { id?: unknown } | null)?.id;
  const name = typeof id === 'string' && id !== '' ? id : `case ${place + 1}`;
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    const field = [name, ...path, issue.keys[0]].join('.');
    return new InputError({ file, field }, 'unknown field');
  }
  const field = [name, ...path].join('.');
  const found = path.reduce<unknown>(
    (part, key) => (part as Record<string, unknown> | undefined)?.[key],
    value,
  );
  if (found === undefined) return new InputError({ file, field }, 'is missing');
  const text = typeof found === 'string' ? found : JSON.stringify(found);
  return InputError.expected({ file, field }, text, expectation(issue));
}

/** The expected value, from a schema issue. */
function expectation(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_union' && issue.path.at(-1) === 'architecture')
    return 'one of monolithic, two-level, shared-state';
  if (issue.code === 'invalid_union') return 'a number, or a range of two numbers';
  if (issue.code === 'invalid_value') return `one of ${issue.values.join(', ')}`;
  if (issue.code === 'too_small') return `a value ${issue.inclusive === false ? '>' : '>='} ${issue.minimum}`;
  return issue.code === 'invalid_type' ? `a value of type ${issue.expected}` : issue.message;
}
