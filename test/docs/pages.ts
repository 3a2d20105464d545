import { filesBelow, textOf } from '../project/sources.js';

/** Made by the build, and compared with their sources there. */
const MADE = ['docs/policies.md', 'docs/summary.md'];

/** Pages that people write. */
export const PAGES: readonly string[] = [
  'README.md',
  ...filesBelow('docs', '.md').filter((page) => !MADE.includes(page) && !page.startsWith('docs/adr/')),
  'notebooks/README.md',
  'reports/README.md',
  'traces/README.md',
];

/** A fenced block of a page. */
export interface Block {
  readonly language: string;
  readonly text: string;
}

export function blocksOf(page: string): Block[] {
  return [...textOf(page).matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language, text]) => ({
    language,
    text,
  }));
}

/** The name in the comment of a block's first line, such as `// mine.ts`: commands of the page use the block as that file. */
export function fileNameOf({ text }: Block): string | undefined {
  return /^(?:\/\/|#) (\S+\.(?:ts|yaml|csv))\n/.exec(text)?.[1];
}

function isShell({ language, text }: Block): boolean {
  return language === 'sh' || (language === '' && /^(npx|npm|simulate) /.test(text));
}

/** Command lines of the shell blocks of a page, without comments; `a && b` is two. */
export function commandsOf(page: string): string[] {
  return blocksOf(page)
    .filter(isShell)
    .flatMap(({ text }) => text.split('\n'))
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .flatMap((line) => line.split(' && '))
    .filter((line) => line !== '');
}

/** Commands of the running text and of tables: `simulate …` between backquotes. */
export function mentionsOf(page: string): string[] {
  const prose = textOf(page).replace(/^```.*?^```$/gms, '');
  return [...prose.matchAll(/`(?:npx )?(simulate [^`\n]+)`/g)].map(([, command]) =>
    command.replaceAll('\\|', '|'),
  );
}
