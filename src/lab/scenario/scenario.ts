import { z } from 'zod';
import { InputError, type InputPlace, type Parameter } from '../../model/index.js';
import { EXTENSIONS, type ScenarioKeys, type SectionName } from '../extensions/index.js';
import { tenantsSchema } from '../extensions/tenants/tenants.js';
import { composeServices } from './service-choice.js';
import { type DocumentPath, readYaml, type YamlFile } from './yaml-file.js';

const text = z.union([z.string(), z.number()]).transform(String);

/** The sections of parameters of all extensions. */
const SECTIONS = Object.assign({}, ...EXTENSIONS.map(({ settingSections }) => settingSections)) as Readonly<
  Record<SectionName, { readonly about: string; readonly parameters: readonly Parameter[] }>
>;

const policies = z.union([text, z.array(text)]);

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
  policy: policies.optional(),
  policies: policies.optional().describe('the same as policy'),
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

/** A scenario file as the command line uses it: all values are text, and sections of parameters are among `set`. */
export type Scenario = Omit<Parsed, SectionName | 'policies'>;

/** The part of a run that a file describes. */
export interface ScenarioFile {
  readonly value: Partial<Scenario>;
  /**
   * A mistake that was found after the file was read, with the file, line and column of the entry that it is about. A mistake that names a file, or
   * is about an entry that the command line replaces, stays as it is.
   */
  locate(error: unknown, replaced: ReplacedEntries): unknown;
}

/** Entries of a file that options of the command line replace. */
export interface ReplacedEntries {
  /** Keys of the document, such as `until`. */
  readonly keys: ReadonlySet<string>;
  /** Keys of `--set`. */
  readonly settings: ReadonlySet<string>;
}

/** Reads a scenario file, with the places of its entries. @throws InputError with file, line and field. */
export function readScenarioFile(path: string): ScenarioFile {
  const file = readYaml(path, scenarioSchema);
  if (file.value.policy !== undefined && file.value.policies !== undefined)
    throw new InputError(
      { file: path, ...file.positionOf(['policies']), field: 'policies' },
      'is the same as policy; give one of them',
    );
  const origins = settingOrigins(file.value);
  return {
    value: withoutSections(file.value),
    locate: (error, replaced) => located(file, error, (place) => pathsOf(place, origins, replaced)),
  };
}

/** Reads a scenario file. @throws InputError with file, line and field. */
export async function readScenario(path: string): Promise<Partial<Scenario>> {
  return readScenarioFile(path).value;
}

/** `vertical: { services: all }` is the setting `vertical.services=all`. */
function withoutSections({ set, policies, policy = policies, ...parsed }: Parsed): Scenario {
  const isSection = (key: string) => key in SECTIONS;
  const entries = Object.entries(parsed);
  const settings = entries
    .filter(([key]) => isSection(key))
    .flatMap(([name, values]) =>
      Object.entries(values ?? {}).map(([parameter, value]) => [`${name}.${parameter}`, String(value)]),
    );
  const others = Object.fromEntries(entries.filter(([key]) => !isSection(key)));
  return { ...others, policy, set: { ...Object.fromEntries(settings), ...set } } as Scenario;
}

/** Reads a file of tenants; its entries have the paths of the section `tenants`. @throws InputError with file, line and field. */
export function readTenantsFile(path: string): ScenarioFile {
  const file = readYaml(path, tenantsSchema(z));
  const pathsOfTenants = ({ path: at }: InputPlace) => (at?.[0] === 'tenants' ? [at.slice(1)] : []);
  return {
    value: { tenants: file.value },
    locate: (error) => located(file, error, pathsOfTenants),
  };
}

/** The error with the position of the first of these paths that is in the file. */
function located(
  file: YamlFile<unknown>,
  error: unknown,
  paths: (place: InputPlace) => readonly DocumentPath[],
): unknown {
  if (!(error instanceof InputError) || error.place.file !== undefined) return error;
  for (const path of paths(error.place)) {
    const position = file.positionOf(path);
    if (position !== undefined)
      return error.at({ file: file.path, ...position, ...fieldWithCharacter(error.place) });
  }
  return error;
}

/** The column becomes that of the file, so the character in the text of the field goes into the name of the field. */
function fieldWithCharacter({ field, column }: InputPlace): Pick<InputPlace, 'field'> {
  return field === undefined || column === undefined ? {} : { field: `${field}, character ${column}` };
}

/** Options whose entry in a scenario has another key. */
const KEY_OF_OPTION: Readonly<Record<string, string>> = { fault: 'faults', operation: 'operations' };

/** Where the entry of a mistake may stand in a scenario; none where the command line replaces it. */
function pathsOf(
  place: InputPlace,
  origins: ReadonlyMap<string, DocumentPath>,
  { keys, settings }: ReplacedEntries,
): readonly DocumentPath[] {
  const path = place.path ?? pathOfField(place.field);
  if (path === undefined || keys.has(String(path[0]))) return [];
  if (path[0] === 'policy') return [path, ['policies', ...path.slice(1)]];
  if (path[0] !== 'set') return [path];
  const name = String(path[1]);
  const isSame = (key: string) => key === name || key.endsWith(`.${name}`) || name.endsWith(`.${key}`);
  if ([...settings].some(isSame)) return [];
  const exact = origins.get(name);
  const others = [...origins].filter(([key]) => isSame(key)).map(([, origin]) => origin);
  const found = exact === undefined ? others : [exact];
  return found.filter(([key]) => !keys.has(String(key)));
}

/** `--until` is the entry `until`; `--set drf.hold` and the bare name of a parameter are settings. */
function pathOfField(field: string | undefined): DocumentPath | undefined {
  if (field === undefined) return undefined;
  const [option, setting] = field.split(' ');
  if (!option.startsWith('--')) return ['set', option];
  if (option === '--set') return setting === undefined ? undefined : ['set', setting];
  const name = option.slice(2);
  return [KEY_OF_OPTION[name] ?? name];
}

/** Where each setting of a scenario stands: under `services`, in a section of parameters, in `add`, or under `set`. */
function settingOrigins(parsed: Parsed): ReadonlyMap<string, DocumentPath> {
  const origins = new Map<string, DocumentPath>();
  for (const section of SECTION_NAMES)
    for (const parameter of Object.keys(parsed[section] ?? {}))
      origins.set(`${section}.${parameter}`, [section, parameter]);
  for (const [key, path] of originsOfServices(parsed)) origins.set(key, path);
  for (const key of Object.keys(parsed.set)) origins.set(key, ['set', key]);
  return origins;
}

function originsOfServices({ services, add = [] }: Parsed): ReadonlyMap<string, DocumentPath> {
  if (services === undefined && add.length === 0) return new Map();
  try {
    return composeServices(services, add).origins;
  } catch {
    // The run will meet the same mistake, which has a path of its own.
    return new Map();
  }
}
