import { z } from 'zod';
import { UNITS } from '../metrics/summary/section-schemas.js';
import { summarySchema } from '../metrics/summary/summary-schema.js';

/** The part of JSON Schema that the summary uses. */
interface Field {
  readonly type?: string | readonly string[];
  readonly unit?: string;
  readonly anyOf?: readonly Field[];
  readonly properties?: Readonly<Record<string, Field>>;
  readonly additionalProperties?: Field | boolean;
}

/** What the schema of a summary says about a path. */
export type PathKind =
  | { readonly kind: 'number'; readonly unit: string | undefined }
  /** A path to several fields, such as `utilization.cpus`. */
  | { readonly kind: 'section'; readonly numbers: readonly string[] }
  | { readonly kind: 'none' };

let schema: Field | undefined;

/** The summary's schema. It is made when it is first needed. */
function summaryFields(): Field {
  schema ??= schemaWithUnits(summarySchema) as Field;
  return schema;
}

/** A schema as JSON Schema, in which fields have a `unit` if they have one. */
export function schemaWithUnits(ofFile: z.ZodType): unknown {
  return z.toJSONSchema(ofFile, {
    io: 'input',
    override: ({ zodSchema, jsonSchema }) => {
      const unit = UNITS.get(zodSchema as unknown as z.ZodType)?.unit;
      if (unit !== undefined) Object.assign(jsonSchema, { unit });
    },
  });
}

/**
 * What a path of summary.json leads to, before there is a summary. Any name may stand for a framework or a resource, and may
 * contain dots. A nested field has the unit of the outer field, unless it has its own.
 */
export function pathKind(path: string): PathKind {
  const found = fieldsAt(summaryFields(), path.split('.'), undefined);
  const number = found.find(({ field }) => isNumber(field));
  if (number !== undefined) return { kind: 'number', unit: unitOf(number.field) ?? number.unit };
  const numbers = found.flatMap(({ field }) => numbersBelow(field, path));
  return numbers.length === 0 ? { kind: 'none' } : { kind: 'section', numbers };
}

/** The paths to numbers that name no framework or resource. */
export function numberPaths(): readonly string[] {
  return numbersBelow(summaryFields(), '');
}

interface Found {
  readonly field: Field;
  /** Of the outer field. */
  readonly unit: string | undefined;
}

function fieldsAt(field: Field, parts: readonly string[], outer: string | undefined): Found[] {
  if (parts.length === 0) return [{ field, unit: outer }];
  const unit = unitOf(field) ?? outer;
  const { properties = {}, additionalProperties } = objectOf(field);
  if (Object.hasOwn(properties, parts[0])) return fieldsAt(properties[parts[0]], parts.slice(1), unit);
  if (typeof additionalProperties !== 'object') return [];
  return parts.flatMap((_, i) => fieldsAt(additionalProperties, parts.slice(i + 1), unit));
}

function numbersBelow(field: Field, path: string): string[] {
  if (isNumber(field)) return [path];
  const below = (name: string) => (path === '' ? name : `${path}.${name}`);
  return Object.entries(objectOf(field).properties ?? {}).flatMap(([name, inner]) =>
    numbersBelow(inner, below(name)),
  );
}

function objectOf(field: Field): Field {
  return field.anyOf?.find(({ type }) => type === 'object') ?? field;
}

function unitOf(field: Field): string | undefined {
  return field.unit ?? field.anyOf?.find(({ unit }) => unit !== undefined)?.unit;
}

function isNumber({ type, anyOf }: Field): boolean {
  return [type].flat().some((one) => one === 'number' || one === 'integer') || anyOf?.some(isNumber) === true;
}
