import { InputError, nearestName, RESOURCE_NAMES } from '../../model/index.js';

/** Other common names of resource columns. */
const OTHER_NAMES: Readonly<Record<string, string>> = { core: 'cpus', memory: 'mem', ram: 'mem' };

/** The resources among the columns of a file. @throws InputError if there is none, or one is misspelt. */
export function resourceColumns(path: string, columns: readonly string[]): readonly string[] {
  const place = { file: path, line: 1 };
  checkResources(path, columns);
  const resources = RESOURCE_NAMES.filter((name) => columns.includes(name));
  if (resources.length === 0)
    throw new InputError(place, `has no resource column, expected one of ${RESOURCE_NAMES.join(', ')}`);
  return resources;
}

/** @throws InputError for a column such as `cpu` instead of `cpus`, which would otherwise be an attribute or ignored. */
function checkResources(path: string, columns: readonly string[]): void {
  for (const column of columns) {
    const near = resourceLike(column);
    if (near !== undefined && !columns.includes(near))
      throw new InputError(
        { file: path, line: 1 },
        `unknown resource column "${column}"; did you mean ${near}?`,
      );
  }
}

/**
 * For a file in which every unknown column is an attribute; `own` are its own columns.
 * @throws InputError for a resource as in `resourceColumns`, and for a column such as `Count` instead of `count`.
 */
export function checkAttributes(path: string, columns: readonly string[], own: readonly string[]): void {
  checkResources(path, columns);
  for (const column of columns) {
    const near = own.find((name) => stemOf(name) === stemOf(column));
    if (near !== undefined && !own.includes(column) && !columns.includes(near))
      throw new InputError({ file: path, line: 1 }, `unknown column "${column}"; did you mean ${near}?`);
  }
}

/** @throws InputError for a column such as `Estimate` or `durration`, which would otherwise be ignored. */
export function checkSpelling(path: string, columns: readonly string[], known: readonly string[]): void {
  for (const column of columns) {
    if (known.includes(column)) continue;
    const near = known.find((name) => stemOf(name) === stemOf(column)) ?? nearestName(column, known);
    if (near !== undefined && !columns.includes(near))
      throw new InputError({ file: path, line: 1 }, `unknown column "${column}"; did you mean ${near}?`);
  }
}

function resourceLike(column: string): string | undefined {
  if (RESOURCE_NAMES.includes(column)) return undefined;
  const stem = stemOf(column);
  return Object.hasOwn(OTHER_NAMES, stem)
    ? OTHER_NAMES[stem]
    : RESOURCE_NAMES.find((name) => stemOf(name) === stem);
}

function stemOf(name: string): string {
  return name.toLowerCase().replaceAll(/[_ -]/g, '').replace(/s$/, '');
}
