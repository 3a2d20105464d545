import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../model/index.js';
import { packageRoot } from './package-root.js';
import { isPolicyPath } from './policy-file.js';

/** Doc comments by name, taken from the sources when Fairground is built. */
export interface PolicyDocs {
  readonly policies: Readonly<Record<string, string>>;
  readonly placements: Readonly<Record<string, string>>;
}

/** @throws InputError when the build is missing. */
export function builtInDocs(): PolicyDocs {
  const file = join(packageRoot(), 'dist', 'policy-docs.json');
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as PolicyDocs;
  } catch {
    throw new InputError({ file }, 'is missing; run npm run build');
  }
}

/** What the author says of a policy: of a built-in one, or of one in a file. */
export async function policyDoc(nameOrPath: string): Promise<string> {
  if (!isPolicyPath(nameOrPath)) return builtInDocs().policies[nameOrPath] ?? '';
  const { docCommentOf } = await import('./doc-comment.js');
  return docCommentOf(readFileSync(nameOrPath, 'utf8'));
}

/** The first sentence of a doc comment, on one line. */
export function firstSentence(doc: string): string {
  const text = doc.replace(/\s+/g, ' ');
  const end = /[.:](\s|$)/.exec(text);
  return end === null ? text : `${text.slice(0, end.index)}.`;
}
