import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

const CLI = join(PROJECT, 'dist', 'cli.js');

export interface Ended {
  readonly code: number | null;
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

/** Starts the built command and sends it a signal after a delay in milliseconds. */
export function simulateInterrupted(milliseconds: number, ...args: readonly string[]): Promise<Ended> {
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
  setTimeout(() => child.kill('SIGINT'), milliseconds);
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}

/** A new temporary folder for a test. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'fairground-test-'));
}
