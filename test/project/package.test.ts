import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesBelow, PROJECT, textOf } from './sources.js';

interface Package {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly type: string;
  readonly engines: Readonly<Record<string, string>>;
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  /** Packages of optional features. */
  readonly peerDependencies: Readonly<Record<string, string>>;
}

const PACKAGE = JSON.parse(textOf('package.json')) as Package;
const LOCK = JSON.parse(textOf('package-lock.json')) as {
  readonly packages: Readonly<Record<string, Package>>;
};

const ALL = Object.entries({ ...PACKAGE.dependencies, ...PACKAGE.devDependencies });

/** Packages that files below a folder import. */
function importedBy(folder: string): Set<string> {
  const names = filesBelow(folder, '.ts').flatMap((file) =>
    [...textOf(file).matchAll(/(?:from|import\()\s*'([^'.][^']*)'/g)].map(([, specifier]) => specifier),
  );
  const packages = names
    .filter((specifier) => !specifier.startsWith('node:'))
    .map((specifier) =>
      specifier
        .split('/')
        .slice(0, specifier.startsWith('@') ? 2 : 1)
        .join('/'),
    );
  return new Set(packages);
}

describe('package.json', () => {
  it.each(ALL)('pins %s to one version, %s, which the lock file has too', (name, version) => {
    expect(version).toMatch(/^\d+\.\d+\.\d+(-[\w.]+)?$/);
    expect(LOCK.packages[`node_modules/${name}`].version).toBe(version);
  });

  it('names its licence, its form and the Node that it needs, as the lock file does', () => {
    expect(PACKAGE).toMatchObject({ name: 'fairground', license: 'Apache-2.0', type: 'module' });
    expect(PACKAGE.engines.node).toMatch(/^>=20(\.\d+)*$/);
    const root = LOCK.packages[''];
    expect([root.engines, root.dependencies, root.devDependencies]).toEqual([
      PACKAGE.engines,
      PACKAGE.dependencies,
      PACKAGE.devDependencies,
    ]);
  });

  it('is run by a Node that it allows', () => {
    const [major, minor] = process.versions.node.split('.').map(Number);
    const [wantedMajor, wantedMinor = 0] = PACKAGE.engines.node.replace('>=', '').split('.').map(Number);
    expect(major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)).toBe(true);
  });

  it('exports and runs files that the build makes', () => {
    const targets = Object.values(PACKAGE.exports).flatMap((target) =>
      typeof target === 'string' ? [target] : Object.values(target),
    );
    const files = [...targets, ...Object.values(PACKAGE.bin)];
    expect(files.filter((file) => !existsSync(join(PROJECT, file)))).toEqual([]);
    expect(Object.keys(PACKAGE.exports)).toEqual(expect.arrayContaining(['.', './policies']));
    expect(textOf(PACKAGE.bin.simulate).startsWith('#!/usr/bin/env node\n')).toBe(true);
  });

  it('has for users all that the command and the library import, and nothing that only the build does', () => {
    const needed = importedBy('src');
    for (const name of importedBy('src/report/client'))
      if (!importedBy('src/lab').has(name)) needed.delete(name);
    needed.delete('fairground');
    const known = { ...PACKAGE.dependencies, ...PACKAGE.peerDependencies };
    const missing = [...needed].filter((name) => !(name in known));
    expect(missing).toEqual([]);
  });

  it('runs the checks that the project rests on', () => {
    expect(Object.keys(PACKAGE.scripts)).toEqual(
      expect.arrayContaining(['prepare', 'types', 'lint', 'layers', 'unused', 'check', 'test', 'bench']),
    );
  });
});
