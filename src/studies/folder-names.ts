import { readdirSync } from 'node:fs';
import { InputError } from '../model/index.js';

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
