import { execFileSync } from 'node:child_process';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { closing, folder } from '../live-cluster.js';

/** A file system of its own is made by root only. */
export const CAN_MOUNT = process.platform === 'linux' && process.getuid?.() === 0;

/** A small disk that can be filled to the last byte. */
export interface SmallDisk {
  readonly folder: string;
  fill(): void;
  free(): void;
}

/** Mounts a small file system in memory until the run is over. */
export function smallDisk(): SmallDisk {
  const path = folder('disk');
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=32m', 'tmpfs', path]);
  // Lazily: commands that were started in it may not be gone yet.
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
      // This much does not fit any more; half of it may.
    }
  }
  closeSync(handle);
}
