import { readFileSync } from 'node:fs';
import { type Document, isMap, isSeq, LineCounter, parseDocument, type YAMLMap, type YAMLSeq } from 'yaml';
import type { z } from 'zod';
import { InputError } from '../../model/index.js';

/** A YAML file that was read, and where its entries stand. */
export interface YamlFile<T> {
  readonly path: string;
  readonly value: T;
  readonly entries: readonly YamlEntry[];
}

/** A key, or an item of a list. */
export interface YamlEntry {
  /** Keys from the outermost, joined by dots; items of a list count from 0. */
  readonly key: string;
  /** The value where it is a plain one, else empty. */
  readonly text: string;
  /** Counted from 1. */
  readonly line: number;
}

/** Reads a YAML file of this form. @throws InputError with file, line and field. */
export function readYaml<S extends z.ZodType>(path: string, schema: S): YamlFile<z.output<S>> {
  const lines = new LineCounter();
  const document = parseDocument(readText(path), { lineCounter: lines });
  const [mistake] = document.errors;
  if (mistake !== undefined) {
    throw new InputError(
      { file: path, line: lines.linePos(mistake.pos[0]).line },
      mistake.message.split(' at line')[0],
    );
  }
  const parsed = schema.safeParse(document.toJS() ?? {});
  if (!parsed.success) throw mismatch(path, document, parsed.error.issues[0], lines, schema);
  return { path, value: parsed.data, entries: [...entriesOf(document.contents, '', lines)] };
}

function mismatch(
  path: string,
  document: Document,
  issue: z.core.$ZodIssue,
  lines: LineCounter,
  schema: z.ZodType,
): InputError {
  const isUnknown = issue.code === 'unrecognized_keys';
  const keys = isUnknown ? [...issue.path, issue.keys[0]] : issue.path;
  // What is missing stands nowhere; what is around it does.
  const around = keys.map((_, less) => keys.slice(0, keys.length - less));
  const node = around.map((place) => document.getIn(place, true)).find((found) => found !== undefined);
  const line = lineOf(node, lines);
  const known = isUnknown ? knownKeys(schema, issue.path) : [];
  const expected = isUnknown
    ? `is not known${known.length > 0 ? `, expected one of ${known.join(', ')}` : ''}`
    : issue.message;
  return new InputError({ file: path, line, field: keys.join('.') }, expected);
}

/** Keys that the form names at this place; none where it names none. */
function knownKeys(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let form: unknown = schema;
  for (const key of path) form = shapeOf(form)?.[String(key)];
  return Object.keys(shapeOf(form) ?? {});
}

function shapeOf(form: unknown): Readonly<Record<string, unknown>> | undefined {
  let inner = form as { shape?: Record<string, unknown>; unwrap?: () => unknown } | undefined;
  while (inner?.unwrap !== undefined) inner = inner.unwrap() as typeof inner;
  return inner?.shape;
}

function* entriesOf(node: unknown, prefix: string, lines: LineCounter): Iterable<YamlEntry> {
  if (isMap(node)) yield* entriesOfMap(node, prefix, lines);
  else if (isSeq(node)) yield* entriesOfList(node, prefix, lines);
}

function* entriesOfMap(map: YAMLMap, prefix: string, lines: LineCounter): Iterable<YamlEntry> {
  for (const { key, value } of map.items) {
    const path = `${prefix}${String(key)}`;
    yield { key: path, text: plainText(value), line: lineOf(key, lines) };
    yield* entriesOf(value, `${path}.`, lines);
  }
}

function* entriesOfList(list: YAMLSeq, prefix: string, lines: LineCounter): Iterable<YamlEntry> {
  for (const [place, item] of list.items.entries()) {
    yield { key: `${prefix}${place}`, text: plainText(item), line: lineOf(item, lines) };
    yield* entriesOf(item, `${prefix}${place}.`, lines);
  }
}

function plainText(node: unknown): string {
  return isMap(node) || isSeq(node) || node === null ? '' : String(node);
}

function lineOf(node: unknown, lines: LineCounter): number {
  const range = (node as { range?: [number, number, number] } | null | undefined)?.range;
  return range === undefined ? 1 : lines.linePos(range[0]).line;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new InputError({ file: path }, `cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}
