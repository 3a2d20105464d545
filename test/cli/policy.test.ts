import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { PROJECT, simulate } from './simulate-command.js';

const folder = mkdtempSync(join(tmpdir(), 'fairground-policy-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const CARELESS = `import type { Scheduler } from 'fairground/policies';
let calls = 0;
export default (): Scheduler => ({
  name: 'careless',
  schedule(view, act) {
    if (calls++ % 5 < 2 && view.queue.first >= 0) act.start(view.queue.first, 0);
  },
});
`;

describe('simulate policy new', () => {
  it('writes a policy that runs and keeps every rule, and its test, under the name given', () => {
    const { code, stdout } = simulate('policy', 'new', 'tight-fit', '--dir', folder);
    expect(code).toBe(0);
    expect(stdout).toContain('tight-fit.test.mjs');
    const file = join(folder, 'tight-fit.ts');
    expect(readFileSync(file, 'utf8')).toContain("name: 'tight-fit'");
    expect(readFileSync(join(folder, 'tight-fit.test.mjs'), 'utf8')).toContain("new URL('./tight-fit.ts'");
    expect(simulate('policy', 'show', file).stdout).toContain('Share of the cores');
    const checked = simulate('policy', 'check', file, '--runs', '30', '--seed', '7');
    expect([checked.code, checked.stdout]).toEqual([
      0,
      'tight-fit keeps every rule in 30 random scenarios (seed 7).\n',
    ]);
  });

  it('writes a test that runs in an empty folder with nothing but fairground installed', () => {
    const empty = join(folder, 'empty');
    mkdirSync(join(empty, 'node_modules'), { recursive: true });
    symlinkSync(PROJECT, join(empty, 'node_modules', 'fairground'));
    simulate('policy', 'new', 'mine', '--dir', empty);
    const { status, stdout } = spawnSync(process.execPath, ['--test', 'mine.test.mjs'], {
      cwd: empty,
      encoding: 'utf8',
    });
    expect(stdout).toMatch(/# pass 1$/m);
    expect(status).toBe(0);
  });

  it('overwrites nothing', () => {
    writeFileSync(join(folder, 'mine.test.mjs'), 'precious');
    const { code, stderr } = simulate('policy', 'new', 'mine', '--dir', folder);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/mine\.test\.mjs: exists already\n$/)]);
    expect(readFileSync(join(folder, 'mine.test.mjs'), 'utf8')).toBe('precious');
  });
});

describe('simulate policy check', () => {
  it('names the rule that a policy breaks, the settings and a small scenario, and exits 1', () => {
    const file = join(folder, 'careless.ts');
    writeFileSync(file, CARELESS);
    const { code, stdout } = simulate('policy', 'check', file);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^violated: the same seed gives the same events, byte for byte$/m);
    expect(stdout).toMatch(/^settings: the defaults$/m);
    expect(stdout).toMatch(/^scenario: \{.*"machines":/m);
  });

  it.each([
    [['--runs', '0'], /--runs: found "0", expected a whole number >= 1/],
    [['--seed', 'x'], /--seed: found "x", expected a whole number >= 0/],
    [['--without', 'gangs,luck'], /--without: found "luck", expected some of gangs, rules/],
  ])('answers %j with one line', (options, message) => {
    const { code, stderr } = simulate('policy', 'check', 'drf', ...options);
    expect(stderr).toMatch(message);
    expect([code, stderr.trimEnd().split('\n')]).toEqual([2, [expect.anything()]]);
  });
});
