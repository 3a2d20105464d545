import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { InputError } from '../../model/index.js';
import { reasonOf } from './system-error.js';

const BUFFER_CHARACTERS = 1 << 16;

/** The name of a file while it is written. */
export function partialPath(path: string): string {
  return `${path}.partial`;
}

/**
 * A text file that is written piece by piece. Until it is complete, its name is `NAME.partial`, and `discard` removes it. A
 * file under its final name is always complete.
 */
export class ResultFile {
  private readonly path: string;
  private readonly partial: string;
  private readonly descriptor: number;
  private isOpen = true;
  private buffer = '';

  /** Opens the file and creates its folder. @throws InputError when the path cannot be written. */
  constructor(path: string) {
    this.path = path;
    this.partial = partialPath(path);
    this.descriptor = orInputError(path, () => {
      makeRoom(path);
      return openSync(this.partial, 'w');
    });
  }

  write(text: string): void {
    this.buffer += text;
    if (this.buffer.length >= BUFFER_CHARACTERS) this.flush();
  }

  /** Completes the file and renames it. */
  finish(): void {
    this.flush();
    this.close();
    orInputError(this.path, () => renameSync(this.partial, this.path));
  }

  /** Discards an incomplete file; a complete one stays. */
  discard(): void {
    this.close();
    rmSync(this.partial, { force: true });
  }

  private close(): void {
    if (this.isOpen) closeSync(this.descriptor);
    this.isOpen = false;
  }

  private flush(): void {
    orInputError(this.path, () => writeSync(this.descriptor, this.buffer));
    this.buffer = '';
  }
}

/** Writes a whole file at once, by the same protocol. @throws InputError */
export function writeResult(path: string, content: string | Uint8Array): void {
  const partial = partialPath(path);
  orInputError(path, () => {
    makeRoom(path);
    writeFileSync(partial, content);
    renameSync(partial, path);
  });
}

/** Creates the folder of a file and checks that its path is not a folder. So the error occurs before a long run, not at the final rename. */
function makeRoom(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true)
    throw new InputError({ file: path }, `cannot be written (${reasonOf('EISDIR')})`);
}

/** Checks that a file can be written at this path, or files in this folder. Creates nothing. @throws InputError */
export function checkWritable(path: string, kind: 'file' | 'folder'): void {
  orInputError(path, () => {
    const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory();
    if (isFolder === true && kind === 'file')
      throw new InputError({ file: path }, `cannot be written (${reasonOf('EISDIR')})`);
    if (isFolder === false && kind === 'folder')
      throw new InputError({ file: path }, `cannot be written (${reasonOf('EEXIST')})`);
    const folder = kind === 'folder' ? resolve(path) : dirname(resolve(path));
    const existing = lineOfFolders(folder).find(
      (one) => statSync(one, { throwIfNoEntry: false }) !== undefined,
    );
    accessSync(join(existing ?? folder, '.'), constants.W_OK | constants.X_OK);
  });
}

/** Runs work that creates these folders. If it fails, the new folders that are empty are removed. */
export async function withoutEmptyFolders<T>(
  folders: readonly string[],
  action: () => Promise<T>,
): Promise<T> {
  const missing = new Set(
    folders.flatMap((folder) => lineOfFolders(resolve(folder))).filter((folder) => !existsSync(folder)),
  );
  try {
    return await action();
  } catch (error) {
    // Innermost folders first; their paths are the longest.
    for (const folder of [...missing].sort((a, b) => b.length - a.length))
      if (existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
    throw error;
  }
}

/** A folder and all its parents, innermost first. */
function lineOfFolders(folder: string): string[] {
  const around = dirname(folder);
  return around === folder ? [folder] : [folder, ...lineOfFolders(around)];
}

/** The result of an action that writes to this path. @throws InputError when the system refuses it. */
export function orInputError<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw asWriteError(error, path);
  }
}

/** An error of the system as the user's: this path cannot be written. Any other error stays as it is. */
export function asWriteError(error: unknown, path: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (error instanceof InputError || code === undefined) return error;
  return new InputError({ file: path }, `cannot be written (${reasonOf(code)})`);
}
