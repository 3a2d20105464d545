import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The form of `sweep.json`. */
export const SWEEP_VERSION = 'fairground/sweep@1';

/** The root folder of the package, for both the sources and the build. */
export function packageRoot(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    if (existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).name === 'fairground') return folder;
    if (dirname(folder) === folder) throw new Error('cannot find the folder of the package "fairground"');
  }
}

/** Version of Fairground, from its package.json. */
export const VERSION: string = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')).version;

/** What identifies the code of the simulator: the hash of its sources in a checkout, its version in an installed package. */
export function buildHash(): string {
  buildOfProcess ??= readBuildHash();
  return buildOfProcess;
}

let buildOfProcess: string | undefined;

function readBuildHash(): string {
  const file = join(packageRoot(), 'dist', '.source-hash');
  return existsSync(file) ? readFileSync(file, 'utf8') : VERSION;
}
