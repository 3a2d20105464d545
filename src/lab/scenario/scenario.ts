import { z } from 'zod';
import { InputError, type InputPlace, type Parameter } from '../../model/index.js';
import { type DocumentPath, schemaMistake } from '../../results/files/schema-mistake.js';
import { EXTENSIONS, type ScenarioKeys, type SectionName } from '../extensions/index.js';
import { tenantsOf, tenantsSchema } from '../extensions/tenants/tenants.js';
import type { RunChoices } from './run-choices.js';
import { composeServices } from './service-choice.js';
import { readYaml, type YamlFile } from './yaml-file.js';

const text = z.union([z.string(), z.number()]).transform(String);

/** The parameter sections of all extensions. */
const SECTIONS = Object.assign({}, ...EXTENSIONS.map(({ settingSections }) => settingSections)) as Readonly<
  Record<SectionName, { readonly about: string; readonly parameters: readonly Parameter[] }>
>;

const policies = z.union([text, z.array(text).min(1)]);

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
  policy: policies
    .optional()
    .describe(
      "policies: names or files, with arguments: 'drf,drf(interval=30s),./mine.ts' [silos,drf,bin-packing]",
    ),
  policies: policies.optional().describe('the same as policy'),
  workload: text.optional().describe('generated workload: smack or google-2011 [smack]'),
  trace: text.optional().describe('trace file to replay instead of a generated workload, also .gz'),
  format: text
    .optional()
    .describe('format of the trace: csv, omega, openb or swf; detected from the file when left out'),
  machines: text.optional().describe('machines, such as 500x16cpu/64GiB, or a file of machines'),
  machineChanges: text.optional().describe('CSV file of machines that are added, removed or updated'),
  seed: text.optional().describe('seed of all random streams [1]'),
  seeds: text.optional().describe('several seeds, instead of seed: 1-10 or 1,2,5'),
  until: text.optional().describe('length of the run: 1d, 12h, 90m'),
  warmUp: text
    .optional()
    .describe('left out of waits, utilization and other metrics of the steady state: 2h, or mser-5 [0]'),
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
      'services of the workload by name. Each has its parameters. `service` is the kind of service if the name is not one. `after` lists services that must be up first',
    ),
  add: z.array(text).optional().describe("further services: 'kafka:brokers=20'"),
  ...ofExtensions,
  set: z
    .record(z.string(), text)
    .default({})
    .describe('parameters of policies and of the workload by name, as in --set name=value'),
});

type Parsed = z.output<typeof scenarioSchema>;

/** A scenario file in the form of the command line: all values are text, and parameter sections are merged into `set`. */
export type Scenario = Omit<Parsed, SectionName | 'policies'>;

/** The part of a run that a file describes. */
export interface ScenarioFile {
  readonly value: Partial<Scenario>;
  /**
   * Adds the file, line and column of the entry to an error that was found after the file was read. The error stays as it is if it
   * names a file, or if an option of the command line replaces its entry.
   */
  locate(error: unknown, replaced: ReplacedEntries): unknown;
}

/** Entries of a file that are replaced by options of the command line. */
export interface ReplacedEntries {
  /** Keys of the document, such as `until`. */
  readonly keys: ReadonlySet<string>;
  /** Keys of `--set`. */
  readonly settings: ReadonlySet<string>;
}

/** Reads a scenario file with the positions of its entries. @throws InputError with file, line and field. */
export function readScenarioFile(path: string): ScenarioFile {
  const file = readYaml(path, scenarioSchema);
  if (file.value.policy !== undefined && file.value.policies !== undefined)
    throw new InputError(
      { file: path, ...file.positionOf(['policies']), field: 'policies' },
      'has the same meaning as policy; give only one of them',
    );
  const origins = settingOrigins(file.value);
  return {
    value: withoutSections(file.value),
    locate: (error, replaced) => located(file, error, (place) => pathsOf(place, origins, replaced)),
  };
}

/**
 * Adds the position in a YAML file with keys of a scenario to an error that was found after the file was read. Values of the file may be
 * lists, so its schema is not checked.
 */
export function locateInScenario(
  file: YamlFile<unknown>,
  error: unknown,
  replaced: ReplacedEntries,
): unknown {
  const settings = (file.value as { readonly set?: object }).set ?? {};
  const origins = new Map(Object.keys(settings).map((key) => [key, ['set', key]] as const));
  return located(file, error, (place) => pathsOf(place, origins, replaced));
}

/** The choices of a run in a document with the keys of a scenario file. @throws InputError with the path of the entry. */
export function choicesOfScenario(document: unknown): RunChoices {
  const { tenants, ...scenario } = scenarioOf(document);
  return { ...scenario, ...(tenants !== undefined && { tenants: tenantsOf(tenants) }) };
}

function scenarioOf(document: unknown): Scenario {
  const parsed = scenarioSchema.safeParse(document);
  if (parsed.success) return withoutSections(parsed.data);
  throw schemaMistake(parsed.error.issues[0], document, scenarioSchema);
}

/** Reads a scenario file. @throws InputError with file, line and field. */
export async function readScenario(path: string): Promise<Partial<Scenario>> {
  return readScenarioFile(path).value;
}

/** Turns sections into settings: `vertical: { services: all }` becomes `vertical.services=all`. */
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

/** Reads a file of tenants. Errors have paths below the section `tenants`. @throws InputError with file, line and field. */
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
    if (position === undefined) continue;
    const place = { ...error.place, file: file.path, ...position, field: fieldInFile(error.place, path) };
    return new InputError(place, error.problem);
  }
  return error;
}

/** The name of the entry in the file instead of the option. The column within its text becomes a part of the name. */
function fieldInFile({ field, column }: InputPlace, path: DocumentPath): string {
  const name = field === undefined || field.startsWith('--') ? path.join('.') : field;
  // Such as the maxSurge of an operation.
  const detail = field !== undefined && /^--(fault|operation) /.test(field) ? `, ${field.split(' ')[1]}` : '';
  return column === undefined ? `${name}${detail}` : `${name}, character ${column}`;
}

/** Options with another key in a scenario. */
const KEY_OF_OPTION: Readonly<Record<string, string>> = {
  fault: 'faults',
  operation: 'operations',
  'machine-changes': 'machineChanges',
  'warm-up': 'warmUp',
};

/** Possible paths of the wrong entry in a scenario; none if the command line replaces it. */
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

/** The path of `--until` is `until`. `--set drf.hold` and the name of a parameter alone are paths below `set`. */
function pathOfField(field: string | undefined): DocumentPath | undefined {
  if (field === undefined) return undefined;
  const [option, setting] = field.split(' ');
  if (!option.startsWith('--')) return ['set', option];
  if (option === '--set') return setting === undefined ? undefined : ['set', setting];
  const name = option.slice(2);
  return [KEY_OF_OPTION[name] ?? name];
}

/** The path of each setting in a scenario: below `services`, a parameter section, `add` or `set`. */
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
    // The run reports the same mistake, with its own path.
    return new Map();
  }
}
