import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { simulate } from '../cli/simulate-command.js';
import { PROJECT, textOf } from '../project/sources.js';
import { blocksOf } from './pages.js';

/** Words of a line: the widths of columns and their rule may differ, because the README shows a part of the rows. */
function wordsOf(line: string): string {
  return line.replace(/─+/g, '─').trim().replace(/\s+/g, ' ');
}

describe('README.md', () => {
  it('shows rows of the table that the command prints, as it prints them', () => {
    const [shown] = blocksOf('README.md').filter(({ language }) => language === 'text');
    const printed = simulate('--quiet').stdout.split('\n').map(wordsOf);
    const missing = shown.text
      .split('\n')
      .map(wordsOf)
      .filter((line) => !printed.includes(line));
    expect(missing).toEqual([]);
  });

  it('shows pictures below 200 kB, which scripts/readme-picture.mjs makes', () => {
    const pictures = [...textOf('README.md').matchAll(/^!\[[^\]]+\]\(([^)]+)\)/gm)].map(([, path]) => path);
    expect(pictures).toEqual(['docs/images/machines.png', 'docs/images/report.png']);
    for (const picture of pictures) {
      expect(statSync(join(PROJECT, picture)).size).toBeLessThan(200_000);
      expect(textOf('scripts/readme-picture.mjs')).toContain(picture);
    }
  });
});
