import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { transformSync } from 'esbuild';
import { afterAll, describe, expect, it } from 'vitest';
import { filesBelow, PROJECT } from '../project/sources.js';
import { blocksOf, blocksOfComments, PAGES } from './pages.js';

const folder = mkdtempSync(join(tmpdir(), 'fairground-examples-'));
mkdirSync(join(folder, 'node_modules'));
for (const name of ['@types', 'undici-types'])
  symlinkSync(join(PROJECT, 'node_modules', name), join(folder, 'node_modules', name));
symlinkSync(PROJECT, join(folder, 'node_modules', 'fairground'));
writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The examples of docs/writing-policies.md have a test of their own, which also looks at what they decide. */
const EXAMPLES = [
  ...PAGES.filter((page) => page !== 'docs/writing-policies.md').map(
    (page) => [page, blocksOf(page)] as const,
  ),
  ...filesBelow('src/library', '.ts').map((file) => [file, blocksOfComments(file)] as const),
].flatMap(([page, blocks]) =>
  blocks
    .filter(({ language }) => language === 'ts')
    .map(({ text }, index) => [`${page}, example ${index + 1}`, text] as const),
);

describe('TypeScript of the documentation', () => {
  it.each(EXAMPLES)('%s is type-correct and runs', (_, text) => {
    writeFileSync(join(folder, 'example.ts'), text);
    writeFileSync(join(folder, 'example.js'), transformSync(text, { loader: 'ts' }).code);
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', '--skipLibCheck'];
    const compiler = join(PROJECT, 'node_modules', 'typescript', 'bin', 'tsc');
    const checked = spawnSync(process.execPath, [compiler, ...options, 'example.ts'], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(checked.stdout).toBe('');
    expect(() => execFileSync(process.execPath, ['example.js'], { cwd: folder })).not.toThrow();
  });

  it('is found, also in comments', () => {
    const functions = ['run', 'sweep', 'compare', 'gate', 'report', 'readTrace'];
    const text = EXAMPLES.filter(([name]) => name.startsWith('src/')).map(([, example]) => example);
    for (const name of functions) expect(text.some((example) => example.includes(`${name}(`))).toBe(true);
  });
});
