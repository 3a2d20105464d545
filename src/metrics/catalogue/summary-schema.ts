import { z } from 'zod';
import { catalogue, type Summary } from './catalogue.js';
import { DATA_SCHEMAS, numberIn, UNITS } from './data-schemas.js';
import { NEEDS, type Shape } from './entry.js';

const maybe = z.number().nullable();

function distribution(unit: string) {
  return z
    .object({
      count: z.number().int().min(0).register(UNITS, { unit: 'count' }).describe('number of values'),
      mean: maybe,
      p50: maybe,
      p90: maybe,
      p95: maybe,
      p99: maybe,
      max: maybe,
    })
    .register(UNITS, { unit });
}

const level = z.object({
  mean: numberIn('share'),
  p50: numberIn('share'),
  p95: numberIn('share'),
  peak: numberIn('share'),
});

/** A count is a whole number; durations and amounts are not negative. */
function numberSchema(unit: string): z.ZodNumber {
  if (unit === 'count') return z.number().int().min(0).register(UNITS, { unit });
  return unit === 's' ? z.number().min(0).register(UNITS, { unit }) : numberIn(unit);
}

function bareSchema(shape: Shape): z.ZodType {
  switch (shape.kind) {
    case 'number':
      return numberSchema(shape.unit);
    case 'distribution':
      return distribution(shape.unit);
    case 'level':
      return level.clone();
    case 'each':
      return z.record(z.string(), schemaOf(shape.entry));
    case 'data':
      return DATA_SCHEMAS[shape.data];
    case 'group':
      return z.object(
        Object.fromEntries(Object.entries(shape.fields).map(([name, field]) => [name, schemaOf(field)])),
      );
  }
}

function schemaOf(shape: Shape): z.ZodType {
  const { about, needs, isNullable, span } = shape;
  const bare = bareSchema(shape);
  const nullable = isNullable ? bare.nullable() : bare;
  const optional = needs === undefined ? nullable : nullable.optional();
  const text = [
    about,
    span === undefined ? undefined : 'without the warm-up',
    needs === undefined ? undefined : NEEDS[needs],
  ].filter((part) => part !== undefined);
  return text.length === 0 ? optional : optional.describe(text.join('; '));
}

/** The schema of summary.json: the shape of the catalogue. The build generates docs/summary.md from it. */
export const summarySchema = (
  schemaOf(catalogue.shape) as z.ZodObject
).strict() as unknown as z.ZodType<Summary>;
