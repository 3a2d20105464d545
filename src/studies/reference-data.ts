import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { InputError } from '../model/index.js';
import { packageRoot } from '../results/files/version.js';

/**
 * The folder of the reference data: the given one, FAIRGROUND_DATA, or `../shared/data` relative to the project. Undefined
 * if there is none.
 * @throws InputError when a given folder does not exist.
 */
export function referenceData(given: string | undefined): string | undefined {
  const named = given ?? process.env.FAIRGROUND_DATA;
  if (named !== undefined && named !== '') {
    if (!existsSync(named)) throw new InputError({ file: named }, 'folder of reference data not found');
    return resolve(named);
  }
  const usual = join(packageRoot(), '..', 'shared', 'data');
  return existsSync(usual) ? usual : undefined;
}

/** Names of the files in a folder of reference data, sorted. @throws InputError when the folder does not exist. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    throw new InputError(
      { file: folder },
      'folder not found; give the folder of the reference data with --data DIR',
    );
  }
}
