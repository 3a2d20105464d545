import { catalogue, type Summary } from '../metrics/catalogue/catalogue.js';
import type { Compared, Shape, Unit } from '../metrics/catalogue/entry.js';

/** A number of a summary that is compared between runs. */
export interface Metric extends Omit<Compared, 'table'> {
  /** Path in the summary, such as `wait.p95`. It is the metric's name everywhere. */
  readonly key: string;
  readonly unit: Unit;
  /** What it measures. */
  readonly about?: string | undefined;
  /** Undefined for a metric that the user has derived: every table shows it. */
  readonly table?: Compared['table'];
}

/** Up to this number, frameworks are compared individually. A log has one framework per user, so it may have many more. */
const MAX_FRAMEWORKS = 12;

/** The metrics of a summary that tables and the gate compare, in the order of the catalogue. */
export function metricsOf(summary: Summary): Metric[] {
  return comparedIn(catalogue.shape, summary, '', Object.keys(summary.byFramework).length);
}

function comparedIn(shape: Shape, value: unknown, key: string, frameworks: number): Metric[] {
  if (value === undefined || (value === null && shape.kind !== 'number')) return [];
  const below = (name: string) => (key === '' ? name : `${key}.${name}`);
  const at = (name: string) => (value as Readonly<Record<string, unknown>>)[name];
  const metric = (of: string, unit: Unit, compared: Compared): Metric[] =>
    compared.ofSeveral && frameworks < 2 ? [] : [{ key: of, unit, about: shape.about, ...compared }];
  switch (shape.kind) {
    case 'number':
      return shape.compared === undefined ? [] : metric(key, shape.unit, shape.compared);
    case 'distribution':
    case 'level':
      return Object.entries(shape.compared).flatMap(([statistic, compared]) =>
        metric(below(statistic), shape.unit, compared),
      );
    case 'group':
      return Object.entries(shape.fields).flatMap(([name, field]) =>
        comparedIn(field, at(name), below(name), frameworks),
      );
    case 'each':
      if (shape.names === 'framework' && frameworks > MAX_FRAMEWORKS) return [];
      return Object.entries(value as object).flatMap(([name, inner]) =>
        comparedIn(shape.entry, inner, below(name), frameworks),
      );
    case 'data':
      return [];
  }
}

/** The value at a path of the summary; undefined if it is null or missing. Keys may contain dots. */
export function metricValue(summary: Summary, key: string): number | undefined {
  const value = valueAt(summary, key.split('.'));
  return typeof value === 'number' ? value : undefined;
}

/** Whether the path leads to a number or null. */
export function metricPathExists(summary: Summary, key: string): boolean {
  const value = valueAt(summary, key.split('.'));
  return typeof value === 'number' || value === null;
}

function valueAt(value: unknown, parts: readonly string[]): unknown {
  if (parts.length === 0 || typeof value !== 'object' || value === null)
    return parts.length === 0 ? value : undefined;
  const record = value as Record<string, unknown>;
  for (let length = parts.length; length > 0; length--) {
    const name = parts.slice(0, length).join('.');
    // The longest matching key is tried first. If it does not contain the rest of the path, a shorter key is used.
    const found = Object.hasOwn(record, name) ? valueAt(record[name], parts.slice(length)) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
