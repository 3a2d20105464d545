import type { z } from 'zod';
import { didYouMean, InputError, quote } from '../../model/index.js';

/** Keys and indices from the root of a document. */
export type DocumentPath = readonly (string | number)[];

/** The user's mistake in a document, from the first issue that its schema reports. The place has the path of the entry. */
export function schemaMistake(issue: z.core.$ZodIssue, content: unknown, schema: z.ZodType): InputError {
  const path = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step));
  if (issue.code === 'unrecognized_keys') {
    const [key] = issue.keys;
    const known = knownKeys(schema, path);
    const expected = known.length > 0 ? `, expected one of ${known.join(', ')}` : '';
    return new InputError({ path: [...path, key] }, `unknown key${expected}${didYouMean(key, known)}`);
  }
  const field = path.length === 0 ? { field: 'the document' } : {};
  if (issue.code === 'custom') return new InputError({ ...field, path }, issue.message);
  const found = foundText(valueAt(content, path));
  return new InputError({ ...field, path }, `found ${found}, expected ${expectedText(issue)}`);
}

/** Describes the values that are valid, from the issue that zod reports. */
function expectedText(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return TYPE_NAMES[issue.expected] ?? issue.expected;
    case 'invalid_union': {
      const branches = issue.errors.map(([first]) =>
        first === undefined ? 'another value' : expectedText(first),
      );
      return [...new Set(branches)].join(' or ');
    }
    case 'invalid_value':
      return `one of ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return issue.origin === 'string' || issue.origin === 'array'
        ? 'a value that is not empty'
        : `a number ${issue.inclusive === false ? '>' : '>='} ${issue.minimum}`;
    case 'too_big':
      return `a number ${issue.inclusive === false ? '<' : '<='} ${issue.maximum}`;
    case 'invalid_key':
      return 'another name';
    default:
      return 'another value';
  }
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'keys with values',
  record: 'keys with values',
};

function foundText(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'keys with values' : quote(value);
}

function valueAt(content: unknown, path: DocumentPath): unknown {
  return path.reduce<unknown>(
    (value, step) => (value as Record<string, unknown> | undefined)?.[step],
    content,
  );
}

/** The keys that the schema allows at this path; empty if it allows any. */
function knownKeys(schema: z.ZodType, path: DocumentPath): string[] {
  let form: unknown = schema;
  for (const key of path) form = innerForm(form, key);
  return Object.keys(shapeOf(form) ?? {});
}

/** The schema of an entry: of a named key, of any key of a record, or of any item of a list. */
function innerForm(form: unknown, key: string | number): unknown {
  const inner = unwrapped(form) as {
    shape?: Record<string, unknown>;
    valueType?: unknown;
    element?: unknown;
  };
  return inner?.shape?.[String(key)] ?? inner?.valueType ?? inner?.element;
}

function shapeOf(form: unknown): Readonly<Record<string, unknown>> | undefined {
  return (unwrapped(form) as { shape?: Record<string, unknown> } | undefined)?.shape;
}

function unwrapped(form: unknown): unknown {
  let inner = form as { unwrap?: () => unknown; element?: unknown } | undefined;
  // A list also has unwrap(), which returns the schema of its items.
  while (inner?.unwrap !== undefined && inner.element === undefined) inner = inner.unwrap() as typeof inner;
  return inner;
}
