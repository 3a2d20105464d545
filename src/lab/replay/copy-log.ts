import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { InputError } from '../../model/index.js';

/** A copy of a log at one time, under the same file name. The caller must remove it. */
export interface LogCopy {
  readonly path: string;
  remove(): void;
}

/** @throws InputError when the log cannot be read. */
export function copyDecisionLog(path: string): LogCopy {
  if (!existsSync(path)) throw new InputError({ file: path }, 'file not found');
  const folder = mkdtempSync(join(tmpdir(), 'fairground-log-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const copy = join(folder, basename(path));
  try {
    copyFileSync(path, copy);
  } catch (error) {
    remove();
    throw new InputError({ file: path }, `cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
  return { path: copy, remove };
}
