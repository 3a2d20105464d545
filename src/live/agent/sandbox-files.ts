import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  realpathSync,
  type Stats,
} from 'node:fs';
import { join, sep } from 'node:path';
import { isFolderName } from '../wire/folder-name.js';
import { HttpError } from '../wire/http-error.js';

/** The sandbox of a task below the work-dir of its agent. */
export function sandboxFolder(workDir: string, frameworkId: string, taskId: string): string {
  return join(workDir, 'sandboxes', frameworkId, taskId);
}

/** The path by which a sandbox is asked for over HTTP (Mesos: virtual paths of executors; the latest run is the only one). */
const SANDBOX_PATH =
  /^\/frameworks\/([^/]+)\/executors\/([^/]+)\/runs\/latest(?:\/tasks\/([^/]+))?(?:\/(.*))?$/;

/** A place in a sandbox. */
interface SandboxPlace {
  /** The sandbox itself, without links in its path. */
  readonly root: string;
  readonly path: string;
}

/** Finds what a path means. @throws HttpError 400 for a path that is none; 404 where there is no such sandbox. */
function placeOf(workDir: string, path: string): SandboxPlace {
  const match = SANDBOX_PATH.exec(path);
  if (match === null)
    throw new HttpError(400, 'Expecting path=/frameworks/ID/executors/ID/runs/latest/… in the query');
  const [, frameworkId, executorId, taskId = executorId, rest = ''] = match as unknown as [
    ...[string, string, string, string?, string?],
  ];
  const steps = rest.split('/').filter((step) => step !== '');
  if (![frameworkId, taskId, ...steps].every(isFolderName)) throw new HttpError(400, 'The path is not valid');
  const folder = sandboxFolder(workDir, frameworkId, taskId);
  if (!existsSync(folder)) throw new HttpError(404, 'There is no such sandbox');
  const root = realpathSync(folder);
  return { root, path: join(root, ...steps) };
}

/**
 * Opens what is in a sandbox, wherever links in it point, as long as that is in it, too. Where the open file really is
 * is asked of the open file: between a look at a path and its use a task can put a link there.
 * @throws HttpError 404 when there is nothing, or it is outside; the same, so that nothing is learnt of what is outside.
 */
function openInside({ root, path }: SandboxPlace): number {
  let file: number;
  try {
    // Without O_NONBLOCK, opening a named pipe waits for somebody to write to it.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    throw nothingThere();
  }
  const real = openPath(file, path);
  if (real === root || real.startsWith(root + sep)) return file;
  closeSync(file);
  throw nothingThere();
}

function nothingThere(): HttpError {
  return new HttpError(404, 'There is no such file in the sandbox');
}

/** The path of an open file; where there is no /proc, that of its name, which may have changed meanwhile. */
function openPath(file: number, path: string): string {
  return existsSync('/proc/self/fd') ? readlinkSync(`/proc/self/fd/${file}`) : realpathSync(path);
}

/** Opens a file of a sandbox; the caller closes it. @throws HttpError 400 for a folder, 404 where there is none. */
export function openFile(workDir: string, path: string): { readonly file: number; readonly size: number } {
  const file = openInside(placeOf(workDir, path));
  const stats = fstatSync(file);
  if (stats.isFile()) return { file, size: stats.size };
  closeSync(file);
  throw new HttpError(400, stats.isDirectory() ? 'Cannot read a directory' : 'Cannot read what is no file');
}

/** Most bytes of one read (Mesos, files.cpp: 16 pages). */
const MOST_READ = 16 * 4096;

/** A part of a file. */
export interface FilePart {
  readonly offset: number;
  readonly data: string;
}

/**
 * Reads a part of a file. Offset -1 asks for its size only; length -1 for all there is, up to the most that is read.
 * @throws HttpError
 */
export function readPart(workDir: string, path: string, offset: number, length: number): FilePart {
  const { file, size } = openFile(workDir, path);
  try {
    if (offset < 0 || offset >= size) return { offset: size, data: '' };
    const wanted = Math.min(length < 0 ? size - offset : length, size - offset, MOST_READ);
    const buffer = Buffer.alloc(wanted);
    const read = readSync(file, buffer, 0, wanted, offset);
    return { offset, data: buffer.toString('utf8', 0, read) };
  } finally {
    closeSync(file);
  }
}

/** A file or folder as a listing shows it (Mesos, common/http.cpp, FileInfo). */
export interface ListedFile {
  readonly path: string;
  /** As `ls -l` writes it, with the kind first. */
  readonly mode: string;
  readonly nlink: number;
  /** Bytes. */
  readonly size: number;
  /** Last change, seconds since the epoch. */
  readonly mtime: number;
  readonly uid: string;
  readonly gid: string;
}

/** Lists a folder of a sandbox, by name; links are shown as links. @throws HttpError */
export function listFolder(workDir: string, path: string): readonly ListedFile[] {
  const place = placeOf(workDir, path);
  const file = openInside(place);
  try {
    if (!fstatSync(file).isDirectory()) throw new HttpError(400, 'Cannot browse what is no directory');
    const real = openPath(file, place.path);
    const shown = path.replace(/\/+$/, '');
    return readdirSync(real)
      .sort()
      .flatMap((name) => {
        const stats = lstatSync(join(real, name), { throwIfNoEntry: false });
        return stats === undefined ? [] : [listed(`${shown}/${name}`, stats)];
      });
  } finally {
    closeSync(file);
  }
}

function listed(path: string, stats: Stats): ListedFile {
  const kind = stats.isDirectory() ? 'd' : stats.isSymbolicLink() ? 'l' : '-';
  const bits = [...'rwxrwxrwx'].map((letter, i) => ((stats.mode >> (8 - i)) & 1 ? letter : '-'));
  return {
    path,
    mode: kind + bits.join(''),
    nlink: stats.nlink,
    size: stats.size,
    mtime: Math.floor(stats.mtimeMs / 1000),
    uid: String(stats.uid),
    gid: String(stats.gid),
  };
}
