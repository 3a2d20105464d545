import { readFileSync } from 'node:fs';
import { type Document, isMap, isScalar, isSeq, LineCounter, type Pair, parseDocument } from 'yaml';
import type { z } from 'zod';
import { didYouMean, InputError, quote } from '../../model/index.js';

/** Keys and indices from the root of a document. */
export type DocumentPath = readonly (string | number)[];

/** A position in a text, counted from 1. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
}

/** The content of a YAML file, and the positions of its entries. */
export interface YamlFile<T> {
  readonly path: string;
  readonly value: T;
  /** Position of the entry at this path, or of the innermost entry around it; undefined if its first key is not in the file. */
  positionOf(path: DocumentPath): TextPosition | undefined;
}

/** Reads a YAML file with this schema. @throws InputError with file, line and field. */
export function readYaml<S extends z.ZodType>(path: string, schema: S): YamlFile<z.output<S>> {
  const lines = new LineCounter();
  const document = parseDocument(readText(path), { lineCounter: lines, logLevel: 'error' });
  const positionAt = (offset: number): TextPosition => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const [mistake] = document.errors;
  if (mistake !== undefined)
    throw new InputError({ file: path, ...positionAt(mistake.pos[0]) }, mistake.message.split(' at line')[0]);
  const positionOf = (at: DocumentPath) => {
    const offset = offsetOf(document.contents, at);
    return offset === undefined ? undefined : positionAt(offset);
  };
  const content = contentOf(document, path);
  const parsed = schema.safeParse(content);
  if (parsed.success) return { path, value: parsed.data, positionOf };
  const found = mismatch(parsed.error.issues[0], content, schema);
  throw found.at({ file: path, ...(positionOf(found.place.path ?? []) ?? FIRST) });
}

/** @throws InputError for an alias without an anchor, and for aliases that repeat too much. */
function contentOf(document: Document, path: string): unknown {
  try {
    return document.toJS() ?? {};
  } catch (error) {
    throw new InputError({ file: path }, (error as Error).message);
  }
}

const FIRST: TextPosition = { line: 1, column: 1 };

/** Offset of the key or item at this path, or of the innermost one around it. */
function offsetOf(root: unknown, path: DocumentPath): number | undefined {
  let node = root;
  let offset: number | undefined;
  for (const step of path) {
    if (isMap(node)) {
      const pair: Pair | undefined = node.items.find(({ key }) => keyText(key) === String(step));
      if (pair === undefined) return offset;
      offset = startOf(pair.key) ?? offset;
      node = pair.value;
    } else if (isSeq(node) && typeof step === 'number') {
      node = node.items[step];
      offset = startOf(node) ?? offset;
    } else return offset;
  }
  return offset;
}

function keyText(key: unknown): string {
  return String(isScalar(key) ? key.value : key);
}

function startOf(node: unknown): number | undefined {
  return (node as { range?: readonly number[] } | null | undefined)?.range?.[0];
}

function mismatch(issue: z.core.$ZodIssue, content: unknown, schema: z.ZodType): InputError {
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

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new InputError({ file: path }, `cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}
