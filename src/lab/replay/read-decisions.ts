import { z } from 'zod';
import { DECISION_LOG_FORM, type DecisionRecord } from '../../live/decisions/decision-log.js';
import { isInputName } from '../../live/decisions/host-inputs.js';
import { parseRecord } from '../../live/decisions/record-text.js';
import { InputError, quote } from '../../model/index.js';
import { schemaMistake } from '../../results/files/schema-mistake.js';
import { readLines } from '../../workloads/formats/text-file.js';

/** A record and its line number, counted from 1. */
export interface LoggedRecord {
  readonly line: number;
  readonly record: DecisionRecord;
}

const time = z.int();
const parcels = z.array(z.looseObject({ dimension: z.int().min(0), amount: z.int().min(0) }));

const schemas = {
  header: z.looseObject({
    log: z.literal(DECISION_LOG_FORM),
    at: time,
    policy: z.looseObject({ use: z.string().min(1), digest: z.string() }),
    seed: z.string(),
    interval: z.number().min(0),
    names: z.array(z.string()).min(1),
    memory: z.array(z.tuple([z.string(), z.string()])).optional(),
  }),
  turn: z.looseObject({
    at: time,
    inputs: z.array(
      z
        .array(z.unknown())
        .refine(([name]) => isInputName(name), { error: 'expected the name of an input and its arguments' }),
    ),
    offers: z
      .array(z.looseObject({ framework: z.string(), role: z.string(), agent: z.string(), parcels }))
      .optional(),
  }),
  framework: z.looseObject({ at: time, framework: z.string(), name: z.string() }),
  task: z.looseObject({
    at: time,
    task: z.enum(['launched', 'running', 'ended']),
    framework: z.string(),
    id: z.string(),
    role: z.string(),
    agent: z.string(),
    parcels: parcels.optional(),
    submitted: time.optional(),
    state: z.string().optional(),
  }),
} as const;

/**
 * The records of a decision log, `.gz` or plain, up to its last complete record. A killed master leaves an incomplete last line, and
 * so does one that is still writing; `note` gets a line about it.
 * @throws InputError with file, line and field.
 */
export async function* readDecisions(
  path: string,
  note: (text: string) => void = () => undefined,
): AsyncGenerator<LoggedRecord> {
  let torn: InputError | undefined;
  let isFirst = true;
  for await (const { firstLine, lines } of readLines(path)) {
    for (const [i, text] of lines.entries()) {
      if (torn !== undefined) throw torn;
      const line = firstLine + i;
      const value = recordOrProblem(text, path, line);
      if (value instanceof InputError) {
        torn = value;
        continue;
      }
      const record = checked(value, path, line);
      if (isFirst && !('log' in record))
        throw new InputError({ file: path, line }, 'is not a decision log: the header is missing');
      isFirst = false;
      yield { line, record };
    }
  }
  if (isFirst) throw torn ?? new InputError({ file: path }, 'is empty');
  if (torn !== undefined)
    note(
      `note: ${path}: the record in line ${torn.place.line} is incomplete; the log is read up to the record before it`,
    );
}

/** The value of a line, or the error. */
function recordOrProblem(text: string, file: string, line: number): unknown {
  try {
    return parseRecord(text);
  } catch {
    return InputError.expected({ file, line }, text, 'a record of a decision log, in JSON');
  }
}

function checked(value: unknown, file: string, line: number): DecisionRecord {
  const kind = kindOf(value);
  if (kind === undefined) {
    const problem = `found ${quote(JSON.stringify(value))}, expected a record of a decision log`;
    throw new InputError({ file, line }, problem);
  }
  const parsed = schemas[kind].safeParse(value);
  // The schema only checks. It adds no defaults, so the value itself is returned.
  if (parsed.success) return value as DecisionRecord;
  const { place, problem } = schemaMistake(parsed.error.issues[0], value, schemas[kind]);
  const field = place.path?.join('.') || place.field;
  throw new InputError({ file, line, ...(field !== undefined && { field }) }, problem);
}

function kindOf(value: unknown): keyof typeof schemas | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if ('log' in value) return 'header';
  if ('inputs' in value) return 'turn';
  if ('task' in value) return 'task';
  return 'framework' in value ? 'framework' : undefined;
}
