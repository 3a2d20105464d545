import { readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { homedir, hostname } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { isRunning } from '../../results/files/processes.js';

/** Bytes of all converted traces on disk. Beyond it, those that were not used for the longest time are removed. */
export const FOLDER_BYTES = 2 * 2 ** 30;

const ENDING = '.rows';
const PARTIAL = '.partial';

/**
 * The folder of converted traces; undefined if the user wants none. It is the folder that the XDG Base Directory Specification names
 * for data that can be made again, because several sweeps with several folders of results share a trace.
 */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const { FAIRGROUND_CACHE: own, XDG_CACHE_HOME: caches } = environment;
  if (own === 'off') return undefined;
  if (own !== undefined && own !== '') return own;
  // The specification ignores relative paths.
  return join(
    caches !== undefined && isAbsolute(caches) ? caches : join(homedir(), '.cache'),
    'fairground',
    'traces',
  );
}

/** The file of a converted trace. */
export function cachePath(folder: string, key: string): string {
  return join(folder, `${key}${ENDING}`);
}

/** The name of the file while this thread writes it. */
export function partialCachePath(folder: string, key: string): string {
  return join(folder, `${key}.${hostname()}-${process.pid}-${threadId}${PARTIAL}`);
}

/** Whether another process of this computer is converting the trace. */
export function isBeingConverted(folder: string, key: string): boolean {
  return namesIn(folder).some((name) => {
    const writer = writerOf(name);
    return name.startsWith(`${key}.`) && writer !== undefined && writer !== process.pid && isRunning(writer);
  });
}

/** The process of this computer that writes, or wrote, this partial file; undefined for another file. */
function writerOf(name: string): number | undefined {
  const own = `.${hostname()}-`;
  const at = name.indexOf(own);
  return at < 0 || !name.endsWith(PARTIAL) ? undefined : Number.parseInt(name.slice(at + own.length), 10);
}

/** Remembers that a file was used, so that it stays longer than others. */
export function touch(path: string): void {
  const now = new Date();
  tried(() => utimesSync(path, now, now));
}

/** Removes what killed processes of this computer left behind, and the files that were unused for the longest time, except `kept`. */
export function tidyFolder(folder: string, kept: string, limit = FOLDER_BYTES): void {
  const files = namesIn(folder).flatMap((name) => {
    const path = join(folder, name);
    const writer = writerOf(name);
    if (writer !== undefined && !isRunning(writer)) tried(() => rmSync(path, { force: true }));
    const stats = name.endsWith(ENDING) ? statSync(path, { throwIfNoEntry: false }) : undefined;
    return stats === undefined ? [] : [{ path, bytes: stats.size, used: stats.mtimeMs }];
  });
  let bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  for (const file of files.sort((a, b) => a.used - b.used)) {
    if (bytes <= limit) return;
    if (file.path === kept) continue;
    tried(() => rmSync(file.path, { force: true }));
    bytes -= file.bytes;
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** The cache only saves time, so a run goes on without it. */
function tried(action: () => void): void {
  try {
    action();
  } catch {
    // Another process may have removed the file, or the folder may be read-only.
  }
}
