import { lstatSync } from 'node:fs';

/** Whether this is the path of a file, and not of a symbolic link, which may lead anywhere. */
export function isPlainFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
