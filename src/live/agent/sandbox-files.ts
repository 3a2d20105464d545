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

/** The virtual path of a sandbox over HTTP (as in Mesos; `latest` is the only run). */
const SANDBOX_PATH =
  /^\/frameworks\/([^/]+)\/executors\/([^/]+)\/runs\/latest(?:\/tasks\/([^/]+))?(?:\/(.*))?$/;

/** A place in a sandbox. */
interface SandboxPlace {
  /** The real path of the sandbox, with links resolved. */
  readonly root: string;
  readonly path: string;
}

/** Resolves a virtual path. @throws HttpError 400 for an invalid path, 404 when the sandbox does not exist. */
function placeOf(workDir: string, path: string): SandboxPlace {
  const match = SANDBOX_PATH.exec(path);
  if (match === null)
    throw new HttpError(400, "Expecting 'path=/frameworks/ID/executors/ID/runs/latest/…' in query");
  const [, frameworkId, executorId, taskId = executorId, rest = ''] = match as unknown as [
    ...[string, string, string, string?, string?],
  ];
  const steps = rest.split('/').filter((step) => step !== '');
  if (![frameworkId, taskId, ...steps].every(isFolderName)) throw new HttpError(400, 'Invalid path');
  const folder = sandboxFolder(workDir, frameworkId, taskId);
  if (!existsSync(folder)) throw new HttpError(404, 'No such sandbox');
  const root = realpathSync(folder);
  return { root, path: join(root, ...steps) };
}

/**
 * Opens a path in a sandbox. Links are followed if their target is also in the sandbox. The check uses the open descriptor:
 * a task could replace a path by a link between check and use.
 * @throws HttpError 404 when the path is missing or outside. Both get the same answer, so that nothing outside is revealed.
 */
function openInside({ root, path }: SandboxPlace): number {
  let file: number;
  try {
    // Without O_NONBLOCK, opening a named pipe blocks until it has a writer.
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
  return new HttpError(404, 'No such file in the sandbox');
}

/** The real path of an open file. Without /proc it is resolved by name, which may have changed meanwhile. */
function openPath(file: number, path: string): string {
  return existsSync('/proc/self/fd') ? readlinkSync(`/proc/self/fd/${file}`) : realpathSync(path);
}

/** Opens a file of a sandbox; the caller closes it. @throws HttpError 400 for a folder, 404 where there is none. */
export function openFile(workDir: string, path: string): { readonly file: number; readonly size: number } {
  const file = openInside(placeOf(workDir, path));
  const stats = fstatSync(file);
  if (stats.isFile()) return { file, size: stats.size };
  closeSync(file);
  throw new HttpError(
    400,
    stats.isDirectory() ? 'Cannot read a directory' : 'Cannot read: not a regular file',
  );
}

/** Most bytes of one read (Mesos, files.cpp: 16 pages). */
const MOST_READ = 16 * 4096;

/** A part of a file. */
export interface FilePart {
  readonly offset: number;
  readonly data: string;
}

/**
 * Reads a part of a file. Offset -1 returns only the size; length -1 reads to the end, up to the maximum.
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
    if (!fstatSync(file).isDirectory()) throw new HttpError(400, 'Cannot browse: not a directory');
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
