import {
  closeSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { InputError } from '../../model/index.js';

const BUFFER_CHARACTERS = 1 << 16;

/** The name that a file has while it is being written. */
export function partialPath(path: string): string {
  return `${path}.partial`;
}

/**
 * A text file that is written piece by piece and appears under its name only when it is complete: until then it is
 * `NAME.partial`, which `discard` removes. A file under its final name is always complete.
 */
export class ResultFile {
  private readonly path: string;
  private readonly partial: string;
  private readonly descriptor: number;
  private isOpen = true;
  private buffer = '';

  /** Makes the folder too. @throws InputError when the place cannot be written. */
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

  /** The file is complete. */
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

/** Writes a whole file at once, likewise. @throws InputError */
export function writeResult(path: string, text: string): void {
  const partial = partialPath(path);
  orInputError(path, () => {
    makeRoom(path);
    writeFileSync(partial, text);
    renameSync(partial, path);
  });
}

/** Creates the folder of a file and checks that its name is no folder, before a long run instead of at its final rename. */
function makeRoom(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true)
    throw new InputError({ file: path }, `cannot be written (${REASONS.EISDIR})`);
}

/** Creates a folder and tests that it is writable, before any computation. @throws InputError */
export function checkFolder(folder: string): void {
  const probe = join(folder, '.fairground-probe');
  orInputError(folder, () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(probe, '');
    rmSync(probe);
  });
}

function orInputError<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new InputError({ file: path }, `cannot be written (${REASONS[code] ?? code})`);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'part of its path is not a folder',
  EEXIST: 'part of its path is a file',
  EISDIR: 'it is a folder',
  ENOSPC: 'the disk is full',
};
