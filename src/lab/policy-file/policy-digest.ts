import { existsSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { InputError } from '../../model/index.js';
import { digestText } from '../../results/files/digest.js';
import { VERSION } from '../../results/files/version.js';
import { bundlePolicy } from './policy-file.js';
import { isPolicyPath } from './policy-use.js';

/**
 * A digest of a policy's source: SHA-256, in hex.
 *
 * - For a built-in policy: of its name and the version of Fairground, such as `drf 0.1.0`.
 * - For a policy file: of its text, as `sha256sum mine.ts` prints it.
 * - For a policy file that imports other files: of the lines that `sha256sum` prints for all of them in its folder, by path.
 *
 * @throws InputError when the file or an import is missing.
 */
export async function policyDigest(nameOrPath: string): Promise<string> {
  if (!isPolicyPath(nameOrPath)) return digestText(`${nameOrPath} ${VERSION}`);
  if (!existsSync(nameOrPath)) throw new InputError({ file: nameOrPath }, 'no such policy file');
  const { sources } = await bundlePolicy(nameOrPath);
  if (sources.length < 2) return digestText(readFileSync(nameOrPath));
  const folder = dirname(resolve(nameOrPath));
  const lines = sources.map((source) => ({
    path: relative(folder, source),
    digest: digestText(readFileSync(source)),
  }));
  lines.sort((a, b) => (a.path < b.path ? -1 : 1));
  return digestText(lines.map(({ path, digest }) => `${digest}  ${path}\n`).join(''));
}
