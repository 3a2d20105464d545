import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

const CLI = join(PROJECT, 'dist', 'cli.js');

export interface Ended {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly signal?: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built command until it exits. */
export function simulate(...args: readonly string[]): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], {
    cwd: PROJECT,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
    maxBuffer: 1 << 26,
  });
  return { code: status, stdout, stderr };
}

/** Starts the built command and interrupts it after a delay in milliseconds. */
export function simulateInterrupted(milliseconds: number, ...args: readonly string[]): Promise<Ended> {
  return simulateSignalled('SIGINT', milliseconds, ...args);
}

/** Starts the built command and sends it a signal after a delay in milliseconds. */
export function simulateSignalled(
  signal: 'SIGINT' | 'SIGTERM',
  milliseconds: number,
  ...args: readonly string[]
): Promise<Ended> {
  const child = spawn(process.execPath, [CLI, ...args], {
    cwd: PROJECT,
    env: { ...process.env, NO_COLOR: '1' },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  setTimeout(() => child.kill(signal), milliseconds);
  return new Promise((resolve) =>
    child.on('close', (code, by) => resolve({ code, signal: by, stdout, stderr })),
  );
}

/** A new temporary folder for a test. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'fairground-test-'));
}
