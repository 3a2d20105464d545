import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../lab/package-root.js';

/** The policy in templates/ that a new one begins as. */
const TEMPLATE = 'spare-cores';

/** A new policy file, or its test: the template under another name. */
export function fromTemplate(name: string, ending: '.ts' | '.test.ts'): string {
  const file = join(packageRoot(), 'templates', `${TEMPLATE}${ending}`);
  return readFileSync(file, 'utf8').replaceAll(TEMPLATE, name);
}
