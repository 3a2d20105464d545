import { readFileSync } from 'node:fs';
import { InputError } from '../model/index.js';

/** Reads a JSON file. @throws InputError, without the content of the file, which may be secret. */
export function readJsonFile(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new InputError({ file }, code === undefined ? 'is not JSON' : `cannot be read (${code})`);
  }
}
