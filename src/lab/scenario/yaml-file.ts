import { readFileSync } from 'node:fs';
import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parseDocument,
  visit,
  type YAMLParseError,
} from 'yaml';
import type { z } from 'zod';
import { InputError } from '../../model/index.js';
import { type DocumentPath, schemaMistake } from '../../results/files/schema-mistake.js';

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
    throw new InputError({ file: path, ...positionAt(mistake.pos[0]) }, problemOf(mistake));
  const proto = protoKey(document);
  if (proto !== undefined)
    throw new InputError(
      { file: path, ...positionAt(proto) },
      '__proto__: is reserved, expected another key',
    );
  const positionOf = (at: DocumentPath) => {
    const offset = offsetOf(document.contents, at);
    return offset === undefined ? undefined : positionAt(offset);
  };
  const content = contentOf(document, path, positionAt);
  const parsed = schema.safeParse(content);
  if (parsed.success) return { path, value: parsed.data, positionOf };
  const found = schemaMistake(parsed.error.issues[0], content, schema);
  throw found.at({ file: path, ...(positionOf(found.place.path ?? []) ?? FIRST) });
}

function problemOf({ code, message }: YAMLParseError): string {
  if (code === 'MULTIPLE_DOCS') return 'a second document begins here, expected one document per file';
  return message.split(' at line')[0];
}

/** Offset of a key that would change the object instead of being one of its keys. */
function protoKey(document: Document): number | undefined {
  let offset: number | undefined;
  visit(document, {
    Pair(_key, { key }) {
      if (keyText(key) === '__proto__') offset ??= startOf(key);
    },
  });
  return offset;
}

/** @throws InputError for an alias without an anchor, and for aliases that repeat too much. */
function contentOf(document: Document, path: string, positionAt: (offset: number) => TextPosition): unknown {
  try {
    return document.toJS() ?? {};
  } catch (error) {
    const offset = unresolvedAlias(document);
    const position = offset === undefined ? FIRST : positionAt(offset);
    throw new InputError({ file: path, ...position }, (error as Error).message);
  }
}

function unresolvedAlias(document: Document): number | undefined {
  let offset: number | undefined;
  visit(document, {
    Alias(_key, alias) {
      if (alias.resolve(document) === undefined) offset ??= startOf(alias);
    },
  });
  return offset;
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

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new InputError({ file: path }, `cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}
