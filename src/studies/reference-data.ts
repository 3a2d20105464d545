import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { InputError } from '../model/index.js';
import { packageRoot } from '../results/files/version.js';

/**
 * The folder of the reference data: the given one, or FAIRGROUND_DATA, or `../shared/data` next to the project; undefined
 * when none exists.
 * @throws InputError when a given folder does not exist.
 */
export function referenceData(given: string | undefined): string | undefined {
  const named = given ?? process.env.FAIRGROUND_DATA;
  if (named !== undefined && named !== '') {
    if (!existsSync(named))
      throw new InputError({ file: named }, 'there is no such folder of reference data');
    return resolve(named);
  }
  const usual = join(packageRoot(), '..', 'shared', 'data');
  return existsSync(usual) ? usual : undefined;
}

/** Names of the files of a folder of reference data, sorted. @throws InputError when there is no such folder. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    throw new InputError(
      { file: folder },
      'there is no such folder; give the reference data with --data DIR',
    );
  }
}
