import { execFileSync } from 'node:child_process';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { closing, folder } from '../live-cluster.js';

/** Only root can mount a file system. */
export const CAN_MOUNT = process.platform === 'linux' && process.getuid?.() === 0;

/** A small file system that can be filled completely. */
export interface SmallDisk {
  readonly folder: string;
  fill(): void;
  free(): void;
}

/** Mounts a small file system in memory until the run ends. */
export function smallDisk(): SmallDisk {
  const path = folder('disk');
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=32m', 'tmpfs', path]);
  // Lazy unmount, because commands that were started in it may still be running.
  closing(path, () => void execFileSync('umount', ['-l', path]));
  const ballast = join(path, 'ballast');
  return {
    folder: path,
    fill: () => fill(ballast),
    free: () => rmSync(ballast, { force: true }),
  };
}

function fill(file: string): void {
  const handle = openSync(file, 'w');
  for (let size = 1 << 20; size >= 1; size >>= 1) {
    const block = Buffer.alloc(size);
    try {
      while (writeSync(handle, block) > 0);
    } catch {
      // This amount does not fit; try half of it.
    }
  }
  closeSync(handle);
}
