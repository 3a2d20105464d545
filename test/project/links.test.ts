import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesBelow, PROJECT, textOf } from './sources.js';

const PAGES = [
  ...['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md'].filter((page) => existsSync(join(PROJECT, page))),
  // Those of the interface are made by typedoc, which checks its links.
  ...filesBelow('docs', '.md').filter((page) => !page.startsWith('docs/api/')),
];

/** Targets of links and pictures of a page, without code. */
function linksOf(page: string): string[] {
  const prose = textOf(page)
    .replace(/```.*?```/gs, '')
    .replace(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g)].map(([, target]) => target);
}

/** Names of the headings of a page, as they stand behind a # in links. */
function anchorsOf(page: string): string[] {
  return [...textOf(page).matchAll(/^#+\s+(.+)$/gm)].map(([, heading]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** What is wrong with a relative link; undefined when nothing is. */
function problemOf(page: string, link: string): string | undefined {
  const [path, anchor] = link.split('#');
  const target = path === '' ? page : normalize(join(dirname(page), decodeURIComponent(path)));
  if (target.startsWith('..')) return `${link} leads out of the project`;
  if (!existsSync(join(PROJECT, target))) return `${link} leads nowhere`;
  if (anchor !== undefined && target.endsWith('.md') && !anchorsOf(target).includes(anchor))
    return `${link}: no such heading`;
  return undefined;
}

describe('links of the documentation', () => {
  it.each(PAGES)('in %s lead to files and headings that exist', (page) => {
    const relative = linksOf(page).filter((link) => !/^[a-z]+:/.test(link));
    expect(relative.map((link) => problemOf(page, link)).filter((problem) => problem !== undefined)).toEqual(
      [],
    );
  });

  it('are looked at in every page that there is', () => {
    expect(PAGES).toContain('README.md');
    expect(PAGES.filter((page) => page.startsWith('docs/')).length).toBeGreaterThan(3);
  });

  it('would be found out where they lead nowhere', () => {
    expect(problemOf('docs/method.md', '../nope.md')).toBe('../nope.md leads nowhere');
    expect(problemOf('docs/method.md', '../README.md')).toBeUndefined();
    expect(problemOf('docs/method.md', '../README.md#no-such-heading')).toBe(
      '../README.md#no-such-heading: no such heading',
    );
    expect(problemOf('README.md', '../shared/x')).toBe('../shared/x leads out of the project');
  });
});
