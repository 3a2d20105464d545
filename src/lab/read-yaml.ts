import { readFileSync } from 'node:fs';
import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { InputError } from '../model/index.js';

/**
 * A YAML file that has the form of a schema. `keysAt` names the keys that are known at a place in it, for messages.
 * @throws InputError with file, line and field.
 */
export function readYaml<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
  keysAt: (place: readonly PropertyKey[]) => readonly string[],
): z.output<Schema> {
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
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const keys = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0]] : issue.path;
  // What is missing has no place of its own; the nearest thing around it has.
  const around = keys.map((_, less) => keys.slice(0, keys.length - less));
  const node = around.map((place) => document.getIn(place, true)).find(hasRange);
  const line = node === undefined ? 1 : lines.linePos(node.range[0]).line;
  const expected =
    issue.code === 'unrecognized_keys'
      ? `is not known, expected one of ${keysAt(issue.path).join(', ')}`
      : issue.message;
  throw new InputError({ file: path, line, field: keys.join('.') }, expected);
}

function hasRange(node: unknown): node is { readonly range: readonly [number, number, number] } {
  return typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new InputError({ file: path }, `cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}
