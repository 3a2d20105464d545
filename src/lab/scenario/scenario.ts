import { z } from 'zod';
import type { Parameter } from '../../model/index.js';
import { ELASTICITY_SECTIONS } from '../extensions/elasticity/elasticity-plan.js';
import { tenantsSchema } from '../extensions/tenants/tenants.js';
import { readYaml, type YamlFile } from './yaml-file.js';

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
  operations: z.array(text).optional().describe("what operators do: 'at 2h: upgrade kafka with canary=0.1'"),
  services: z
    .record(
      z.string(),
      z
        .record(z.string(), z.union([text, z.array(text).transform((names) => names.join(','))]))
        .nullable()
        .transform((set) => set ?? {}),
    )
    .optional()
    .describe(
      'what the workload is composed of, by name: the parameters of each, `service` where the name is not that of a service, and `after` with those that it comes after',
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
  tenants: tenantsSchema.optional(),
  set: z.record(z.string(), text).default({}),
});

type Parsed = z.output<typeof scenarioSchema>;

/** A scenario as it was read: all values are text, as on the command line; sections of elasticity are among `set`. */
export type Scenario = Omit<Parsed, keyof typeof ELASTICITY_SECTIONS>;

/** Reads a scenario file, with the places of its entries. @throws InputError with file, line and field. */
export function readScenarioFile(path: string): YamlFile<Scenario> {
  const file = readYaml(path, scenarioSchema);
  return { ...file, value: withoutSections(file.value) };
}

/** Reads a scenario file. @throws InputError with file, line and field. */
export async function readScenario(path: string): Promise<Scenario> {
  return readScenarioFile(path).value;
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

/** Reads a file of tenants; its entries are told as those of the section `tenants`. @throws InputError with file, line and field. */
export function readTenantsFile(path: string): YamlFile<Pick<Scenario, 'tenants'>> {
  const { value, entries } = readYaml(path, tenantsSchema);
  return {
    path,
    value: { tenants: value },
    entries: entries.map((entry) => ({ ...entry, key: `tenants.${entry.key}` })),
  };
}
