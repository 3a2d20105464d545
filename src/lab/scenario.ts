import { readFileSync } from 'node:fs';
import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { InputError, type Parameter } from '../model/index.js';
import { ELASTICITY_SECTIONS } from './elasticity-plan.js';

const text = z.union([z.string(), z.number()]).transform(String);

/** A section of elasticity: its parameters, as text. */
function section(parameters: readonly Parameter[]) {
  const fields = parameters.map(({ name, about }) => [name, text.optional().describe(about)] as const);
  return z.strictObject(Object.fromEntries(fields)).optional();
}

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
  vertical: section(ELASTICITY_SECTIONS.vertical).describe('limits that follow usage (docs/elasticity.md)'),
  oversubscription: section(ELASTICITY_SECTIONS.oversubscription).describe(
    'room that is given twice (docs/elasticity.md)',
  ),
  cloud: section(ELASTICITY_SECTIONS.cloud).describe(
    'machines that are rented while those of the run do not suffice',
  ),
  cost: section(ELASTICITY_SECTIONS.cost).describe('prices beside those of a file of machines'),
  set: z.record(z.string(), text).default({}),
});

type Parsed = z.output<typeof scenarioSchema>;

/** A scenario as it was read: all values are text, as on the command line; sections of elasticity are among `set`. */
export type Scenario = Omit<Parsed, keyof typeof ELASTICITY_SECTIONS>;

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
  if (parsed.success) return withoutSections(parsed.data);
  const [issue] = parsed.error.issues;
  const keys = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0]] : issue.path;
  const node = document.getIn(keys, true) as { range?: [number, number, number] } | undefined;
  const line = node?.range === undefined ? 1 : lines.linePos(node.range[0]).line;
  const expected =
    issue.code === 'unrecognized_keys'
      ? `is not known, expected one of ${knownKeys(String(issue.path[0] ?? '')).join(', ')}`
      : issue.message;
  throw new InputError({ file: path, line, field: keys.join('.') }, expected);
}

/** Of a section of elasticity, or of the file. */
function knownKeys(section: string): readonly string[] {
  const sections: Readonly<Record<string, readonly Parameter[]>> = ELASTICITY_SECTIONS;
  return sections[section]?.map(({ name }) => name) ?? Object.keys(scenarioSchema.shape);
}

/** `vertical: { services: all }` is the setting `vertical.services=all`. */
function withoutSections({
  vertical = {},
  oversubscription = {},
  cloud = {},
  cost = {},
  set,
  ...scenario
}: Parsed): Scenario {
  const sections = Object.entries({ vertical, oversubscription, cloud, cost });
  const settings = sections.flatMap(([name, values]) =>
    Object.entries(values).map(([parameter, value]) => [`${name}.${parameter}`, String(value)] as const),
  );
  return { ...scenario, set: { ...Object.fromEntries(settings), ...set } };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new InputError({ file: path }, `cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}
