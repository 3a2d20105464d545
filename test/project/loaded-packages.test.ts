import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { PROJECT } from './sources.js';

const folder = mkdtempSync(join(tmpdir(), 'fairground-loaded-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Large packages, or packages of one command only. */
const HEAVY = ['typescript', 'esbuild', 'fast-check', 'protobufjs', 'classic-level', 'prom-client'];

/** The packages from which a command of the build loads a file, in the main thread or in workers. */
function packagesLoadedBy(...args: readonly string[]): string[] {
  const log = join(folder, args.join(' ').replace(/\W+/g, '-'));
  const recorder = join(PROJECT, 'test', 'project', 'record-loaded.mjs');
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--import', recorder, join(PROJECT, 'dist', 'cli.js'), ...args],
    { cwd: PROJECT, encoding: 'utf8', env: { ...process.env, LOADED_LOG: log } },
  );
  expect([status, stderr.includes('Error')]).toEqual([0, false]);
  expect(existsSync(log)).toBe(true);
  const loaded = readFileSync(log, 'utf8').matchAll(/node_modules\/((?:@[^/\n]+\/)?[^/\n]+)/g);
  return [...new Set([...loaded].map(([, name]) => name))].sort();
}

describe('the packages that a command loads', () => {
  it('are none for --version', () => {
    expect(packagesLoadedBy('--version')).toEqual([]);
  });

  it.each([
    [['--policy', 'drf', '--until', '10m']],
    [['policy', 'list']],
    [['--policy', 'drf', '--until', '10m', '--out', join(folder, 'out')]],
  ])('are the small ones that every run needs for %j', (args) => {
    expect(packagesLoadedBy(...args).filter((name) => !['d3-random', 'zod'].includes(name))).toEqual([]);
  });

  it('do not include zod in a run that reads and writes no file with a schema, because it takes a fifth of a short run', () => {
    expect(packagesLoadedBy('--policy', 'drf', '--until', '10m')).not.toContain('zod');
  });

  it('do not include mathjs in a run with formulas, because it is bundled in a chunk of its own', () => {
    const loaded = packagesLoadedBy('--policy', 'list(order=priority)', '--until', '10m');
    expect(loaded.filter((name) => !['d3-random', 'zod'].includes(name))).toEqual([]);
  });

  it('are seen by this test: a policy file needs TypeScript, esbuild and fast-check', () => {
    const loaded = packagesLoadedBy('policy', 'check', './examples/my-policy.ts', '--runs', '2');
    expect(HEAVY.filter((name) => loaded.includes(name))).toEqual(['typescript', 'esbuild', 'fast-check']);
  });
});
