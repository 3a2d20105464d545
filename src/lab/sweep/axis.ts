import { InputError, quote } from '../../model/index.js';
import type { DocumentPath } from '../../results/files/schema-mistake.js';
import { scenarioSchema } from '../scenario/scenario.js';

/** A field of a scenario with several values. */
export interface Axis {
  /** Its name in tables, `include` and `exclude`: `machines`, `seed`, `drf.interval`. */
  readonly name: string;
  readonly path: DocumentPath;
  /** Values as in the scenario: text, a number, or a list where the field itself is a list. */
  readonly values: readonly AxisValue[];
}

/** A value of a field of a scenario. */
export type AxisValue = string | number | boolean | null | readonly AxisValue[];

/** A document of YAML, before its schema is checked. */
export type ScenarioDocument = Readonly<Record<string, unknown>>;

/** Keys of a scenario that hold settings: their names are left out of the names of axes. */
const CONTAINERS = new Set(['set', 'services']);

/** Every run has its policy, beside the axes. */
const POLICY_KEYS = new Set(['policy', 'policies']);

/** The name of the axis of this field: `drf.interval` for `set: { drf.interval: … }`. */
function axisName(path: DocumentPath): string {
  const [first, ...rest] = path.map(String);
  if (rest.length > 0 && CONTAINERS.has(first)) return rest.join('.');
  return [first === 'seeds' ? 'seed' : first, ...rest].join('.');
}

/**
 * The axes of a scenario whose fields may be lists, in the order of the document, and the document with the first value of each axis. A
 * field that is a list in every scenario (`faults`, `operations`, `add`, `after`) is an axis if its items are lists. `policy` is no axis
 * here: a scenario may have several.
 * @throws InputError for an empty list.
 */
export function findAxes(document: ScenarioDocument): {
  readonly axes: readonly Axis[];
  readonly first: ScenarioDocument;
} {
  const axes: Axis[] = [];
  let first = document;
  const add = (path: DocumentPath, values: readonly AxisValue[]) => {
    checkValues(path, values);
    axes.push({ name: axisName(path), path, values });
    first = withValue(first, path, values[0]);
  };
  for (const path of listsOfServices(document)) add(path, valueAt(document, path) as AxisValue[]);
  for (const path of listsWhereOneValueBelongs(() => first))
    add(path, valueAt(document, path) as AxisValue[]);
  const keys = Object.keys(document);
  const place = ({ path }: Axis) => keys.indexOf(String(path[0]));
  return { axes: axes.sort((a, b) => place(a) - place(b)), first };
}

function checkValues(path: DocumentPath, values: readonly AxisValue[]): void {
  const name = axisName(path);
  if (POLICY_KEYS.has(name))
    throw new InputError({ field: name, path }, 'is a list of other lists, expected one list of policies');
  if (values.length === 0)
    throw new InputError({ field: name, path }, 'is an empty list, expected at least one value');
  const texts = values.map(axisText);
  const twice = texts.find((text, i) => texts.indexOf(text) !== i);
  if (twice !== undefined) throw new InputError({ field: name, path }, `has the value ${quote(twice)} twice`);
}

/** A parameter of a service may be a list of names, so the schema of a scenario accepts a list there. */
function listsOfServices({ services }: ScenarioDocument): DocumentPath[] {
  if (!isRecord(services)) return [];
  return Object.entries(services).flatMap(([service, parameters]) =>
    Object.entries(isRecord(parameters) ? parameters : {})
      .filter(([name, value]) => Array.isArray(value) && (name !== 'after' || value.some(Array.isArray)))
      .map(([name]) => ['services', service, name]),
  );
}

/** Paths of lists that the schema refuses. Each is replaced by its first value before the next is looked for. */
function* listsWhereOneValueBelongs(current: () => ScenarioDocument): Iterable<DocumentPath> {
  for (;;) {
    const parsed = scenarioSchema.safeParse(current());
    const paths = parsed.success ? [] : parsed.error.issues.map(({ path }) => path.map(plainKey));
    const path = paths.find((one) => Array.isArray(valueAt(current(), one)));
    if (path === undefined) return;
    // An item that is a list: then the field is a list in every scenario, and the items are its values.
    yield typeof path.at(-1) === 'number' ? path.slice(0, -1) : path;
  }
}

function plainKey(key: PropertyKey): string | number {
  return typeof key === 'symbol' ? String(key) : key;
}

/** The text of a value in tables: lists are joined by `; `. */
export function axisText(value: AxisValue): string {
  return Array.isArray(value) ? value.map(axisText).join('; ') : String(value ?? '');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function valueAt(document: unknown, path: DocumentPath): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>)[key] : undefined,
    document,
  );
}

/** The document with this value in this field. */
export function withValue(document: ScenarioDocument, path: DocumentPath, value: unknown): ScenarioDocument {
  const [key, ...rest] = path.map(String);
  if (rest.length === 0) return { ...document, [key]: value };
  const inner = document[key];
  return { ...document, [key]: withValue(isRecord(inner) ? inner : {}, rest, value) };
}
