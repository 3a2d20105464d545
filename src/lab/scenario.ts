import { readFileSync } from 'node:fs';
import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { InputError } from '../model/index.js';

const text = z.union([z.string(), z.number()]).transform(String);

/** A scenario file: the options of `simulate run` as YAML. */
export const scenarioSchema = z.strictObject({
  policy: z.union([text, z.array(text).transform((names) => names.join(','))]).optional(),
  workload: text.optional(),
  trace: text.optional(),
  format: text.optional(),
  machines: text.optional(),
  seed: text.optional(),
  seeds: text.optional(),
  until: text.optional(),
  failures: text.optional().describe('a preset such as lanl05, or a .csv file of outages'),
  faults: z.array(text).optional().describe("a fault script: 'at 2h: kill rack rack-3 for 30m'"),
  operations: z.array(text).optional().describe("what operators do: 'at 2h: upgrade kafka with canary=0.1'"),
  services: z
    .record(
      z.string(),
      z
        .record(z.string(), text)
        .nullable()
        .transform((set) => set ?? {}),
    )
    .optional()
    .describe(
      'what the workload is composed of, by name: the parameters of each, and `service` where the name is not that of a service',
    ),
  add: z.array(text).optional().describe("services beside these: 'kafka:brokers=20'"),
  set: z.record(z.string(), text).default({}),
});

/** A scenario as it was read: all values are text, as on the command line. */
export type Scenario = z.output<typeof scenarioSchema>;

/** Reads a scenario file. @throws InputError with file, line and field. */
export async function readScenario(path: string): Promise<Scenario> {
  const lines = new LineCounter();
  const document = parseDocument(readText(path), { lineCounter: lines });
  const [mistake] = document.errors;
  if (mistake !== undefined) {
    throw new InputError(
      { file: path, line: lines.linePos(mistake.pos[0]).line },
      mistake.message.split(' at line')[0],
    );
  }
  const parsed = scenarioSchema.safeParse(document.toJS() ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const keys = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0]] : issue.path;
  const node = document.getIn(keys, true) as { range?: [number, number, number] } | undefined;
  const line = node?.range === undefined ? 1 : lines.linePos(node.range[0]).line;
  const expected =
    issue.code === 'unrecognized_keys'
      ? `is not known, expected one of ${Object.keys(scenarioSchema.shape).join(', ')}`
      : issue.message;
  throw new InputError({ file: path, line, field: keys.join('.') }, expected);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new InputError({ file: path }, `cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}
