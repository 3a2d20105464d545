import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesBelow, textOf } from '../project/sources.js';

/** Rows of the table of docs/architecture.md: a folder of src, and the folders that it may import. */
const ROWS = [...textOf('docs/architecture.md').matchAll(/^\| `src\/([\w-]+)` \| .* \| ([^|]+) \|$/gm)].map(
  ([, folder, imports]) => [folder, imports.split(', ')] as const,
);

/** The folders of src that a folder of src imports. */
function importsOf(folder: string): string[] {
  const imported = filesBelow(`src/${folder}`, '.ts').flatMap((file) =>
    [...textOf(file).matchAll(/(?:from|import\() ?'(\.[^']+)'/g)].map(
      ([, path]) => normalize(join(dirname(file), path)).split('/')[1],
    ),
  );
  return [...new Set(imported)].filter((name) => name !== folder).sort();
}

describe('docs/architecture.md', () => {
  it('has every folder of src in its table', () => {
    const folders = new Set(
      filesBelow('src', '.ts').flatMap((file) => (file.split('/').length > 2 ? [file.split('/')[1]] : [])),
    );
    expect(ROWS.map(([folder]) => folder).sort()).toEqual([...folders].sort());
  });

  it.each(ROWS)('says what src/%s imports', (folder, allowed) => {
    if (allowed[0] === 'all') return;
    const expected = allowed[0] === 'nothing' ? [] : [...allowed];
    expect(importsOf(folder).filter((name) => !expected.includes(name))).toEqual([]);
  });
});
