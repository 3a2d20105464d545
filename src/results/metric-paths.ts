import { catalogue } from '../metrics/catalogue/catalogue.js';
import type { Shape, Unit } from '../metrics/catalogue/entry.js';
import { DISTRIBUTION_STATISTICS, LEVEL_STATISTICS } from '../metrics/catalogue/statistics.js';
import type { Metric } from './metric.js';

/** What the catalogue says about a path. */
export type PathKind =
  | { readonly kind: 'number'; readonly unit: Unit }
  /** A path to several fields, such as `utilization.cpus`. */
  | { readonly kind: 'section'; readonly numbers: readonly string[] }
  | { readonly kind: 'none' };

/** The fields of statistics; `count` has a unit of its own. */
const STATISTICS = { distribution: DISTRIBUTION_STATISTICS, level: LEVEL_STATISTICS };

/**
 * What a path of summary.json leads to, before there is a summary. Any name may stand for a framework or a resource, and may
 * contain dots.
 */
export function pathKind(path: string): PathKind {
  const found = shapesAt(catalogue.shape, path.split('.'));
  const number = found.find((shape) => shape.kind === 'number');
  if (number?.kind === 'number') return { kind: 'number', unit: number.unit };
  const numbers = found.flatMap((shape) => numbersBelow(shape, path));
  return numbers.length === 0 ? { kind: 'none' } : { kind: 'section', numbers };
}

/** What the catalogue says of the number at a path: how it is compared, and nothing of a direction if it is not. Undefined for another path. */
export function metricAtPath(path: string): (Metric & { readonly isCompared: boolean }) | undefined {
  const shape = shapesAt(catalogue.shape, path.split('.')).find(({ kind }) => kind === 'number');
  if (shape?.kind !== 'number') return undefined;
  const { unit, about, compared } = shape;
  return {
    key: path,
    unit,
    about,
    ...(compared ?? { better: 'neither', table: 'long' }),
    isCompared: compared !== undefined,
  };
}

/** The paths to numbers that name no framework or resource. */
export function numberPaths(): readonly string[] {
  return numbersBelow(catalogue.shape, '');
}

/** The shapes that a path may lead to: several, because a name may contain dots. */
function shapesAt(shape: Shape, parts: readonly string[]): Shape[] {
  if (parts.length === 0) return [shape];
  const fields = fieldsOf(shape);
  if (Object.hasOwn(fields, parts[0])) return shapesAt(fields[parts[0]], parts.slice(1));
  if (shape.kind !== 'each') return [];
  return parts.flatMap((_, i) => shapesAt(shape.entry, parts.slice(i + 1)));
}

function fieldsOf(shape: Shape): Readonly<Record<string, Shape>> {
  if (shape.kind === 'group') return shape.fields;
  if (shape.kind !== 'distribution' && shape.kind !== 'level') return {};
  return Object.fromEntries(
    STATISTICS[shape.kind].map((name) => [
      name,
      {
        kind: 'number',
        unit: name === 'count' ? 'count' : shape.unit,
        about: shape.about,
        compared: shape.compared[name],
      } as const,
    ]),
  );
}

function numbersBelow(shape: Shape, path: string): string[] {
  if (shape.kind === 'number') return [path];
  const below = (name: string) => (path === '' ? name : `${path}.${name}`);
  return Object.entries(fieldsOf(shape)).flatMap(([name, inner]) => numbersBelow(inner, below(name)));
}
