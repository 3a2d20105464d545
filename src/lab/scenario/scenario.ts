import { z } from 'zod';
import type { Parameter } from '../../model/index.js';
import { EXTENSIONS, type ScenarioKeys, type SectionName } from '../extensions/index.js';
import { tenantsSchema } from '../extensions/tenants/tenants.js';
import { readYaml, type YamlFile } from './yaml-file.js';

const text = z.union([z.string(), z.number()]).transform(String);

/** The sections of parameters of all extensions. */
const SECTIONS = Object.assign({}, ...EXTENSIONS.map(({ settingSections }) => settingSections)) as Readonly<
  Record<SectionName, { readonly about: string; readonly parameters: readonly Parameter[] }>
>;

/** The schema of a section: its parameters, as text. */
function section(name: SectionName) {
  const fields = SECTIONS[name].parameters.map(
    (parameter) => [parameter.name, text.optional().describe(parameter.about)] as const,
  );
  return z.strictObject(Object.fromEntries(fields)).optional().describe(SECTIONS[name].about);
}

const SECTION_NAMES = Object.keys(SECTIONS) as SectionName[];

/** The keys of a scenario that extensions add. */
const ofExtensions = {
  ...(Object.assign({}, ...EXTENSIONS.map(({ scenarioKeys }) => scenarioKeys?.(z))) as ScenarioKeys),
  ...(Object.fromEntries(SECTION_NAMES.map((name) => [name, section(name)])) as Record<
    SectionName,
    ReturnType<typeof section>
  >),
};

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
  ...ofExtensions,
  set: z.record(z.string(), text).default({}),
});

type Parsed = z.output<typeof scenarioSchema>;

/** A scenario as it was read: all values are text, as on the command line; sections of parameters are among `set`. */
export type Scenario = Omit<Parsed, SectionName>;

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
function withoutSections({ set, ...parsed }: Parsed): Scenario {
  const isSection = (key: string) => key in SECTIONS;
  const entries = Object.entries(parsed);
  const settings = entries
    .filter(([key]) => isSection(key))
    .flatMap(([name, values]) =>
      Object.entries(values ?? {}).map(([parameter, value]) => [`${name}.${parameter}`, String(value)]),
    );
  const others = Object.fromEntries(entries.filter(([key]) => !isSection(key)));
  return { ...others, set: { ...Object.fromEntries(settings), ...set } } as Scenario;
}

/** Reads a file of tenants; its entries are told as those of the section `tenants`. @throws InputError with file, line and field. */
export function readTenantsFile(path: string): YamlFile<Pick<Scenario, 'tenants'>> {
  const { value, entries } = readYaml(path, tenantsSchema(z));
  return {
    path,
    value: { tenants: value },
    entries: entries.map((entry) => ({ ...entry, key: `tenants.${entry.key}` })),
  };
}
