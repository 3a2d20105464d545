import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT, simulate } from './simulate-command.js';

// `script` of util-linux runs a command on a terminal of its own.
const SCRIPT = '/usr/bin/script';
const hasScript = existsSync(SCRIPT);
if (!hasScript) process.stderr.write(`skipped without ${SCRIPT}\n`);

/** Begins a control sequence of the terminal. */
const ESCAPE = String.fromCharCode(27);

describe('--watch', () => {
  it.skipIf(!hasScript)('shows each run while it lasts, in 80 columns, and then the table alone', () => {
    const cli = join(PROJECT, 'dist', 'cli.js');
    const command = `stty cols 80; '${process.execPath}' '${cli}' --policy fcfs,drf --until 1d --watch --quiet`;
    const { status, stdout } = spawnSync(SCRIPT, ['-qec', command, '/dev/null'], {
      encoding: 'utf8',
      env: { ...process.env, TERM: 'xterm' },
      maxBuffer: 1 << 26,
    });
    expect(status).toBe(0);
    const parts = stdout.split(ESCAPE).map((part) => part.replace(/^\[[\d;?]*[A-Za-z]/, ''));
    const lines = parts.flatMap((part) => part.split(/[\r\n]/));
    const shown = (pattern: RegExp) => lines.filter((line) => pattern.test(line));
    expect(shown(/^fcfs, seed 1 +[█░]+ at \d.* events\/s/).length).toBeGreaterThan(0);
    expect(shown(/^ {2}cpus +[█░]+ \d+ % allocated/).length).toBeGreaterThan(0);
    expect(shown(/^ {2}waiting tasks +[█░]+ [\d,]+ wait, [\d,]+ run/).length).toBeGreaterThan(0);
    expect(Math.max(...shown(/[█░]/).map((line) => line.length))).toBeLessThan(80);
    expect(lines.findLastIndex((line) => /[█░]/.test(line))).toBeLessThan(
      lines.findIndex((line) => line.startsWith('utilization.cpus.allocated.mean')),
    );
  });

  it('needs a terminal', () => {
    const { code, stderr } = simulate('--watch');
    expect([code, stderr]).toEqual([2, expect.stringContaining('--watch: needs a terminal')]);
  });
});
