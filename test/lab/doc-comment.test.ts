import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { docCommentOf, docCommentsByName } from '../../src/lab/policy-file/doc-comment.js';
import { firstSentence } from '../../src/lab/policy-file/policy-docs.js';

describe('the doc comment of a source file', () => {
  it.each([
    ['a constant', '/** Mine. */\nexport const mine = 3;\n'],
    ['a default function', '/** Mine. */\nexport default function mine() {}\n'],
    ['a default function without a name', '/** Mine. */\nexport default () => 3;\n'],
    ['a default object', '/** Mine. */\nexport default { build() {} };\n'],
    ['a default class', '/** Mine. */\nexport default class Mine {}\n'],
    ['a constant that is exported below', '/** Mine. */\nconst mine = 3;\nexport default mine;\n'],
    ['a function that is exported below', '/** Mine. */\nfunction mine() {}\nexport default mine;\n'],
    ['a class that is exported below', '/** Mine. */\nclass Mine {}\nexport default Mine;\n'],
    ['a constant that is exported above', 'export default mine;\n/** Mine. */\nconst mine = 3;\n'],
    ['a constant that is exported in braces', '/** Mine. */\nconst mine = 3;\nexport { mine as default };\n'],
    [
      'the export of a constant that has none itself',
      'const mine = 3;\n/** Mine. */\nexport default mine;\n',
    ],
    [
      'the default export, whatever else there is',
      '/** Other. */\nexport const other = 1;\n/** Mine. */\nexport default 3;\n',
    ],
    ['JavaScript', "import x from 'x';\n/** Mine. */\nexport default () => ({ name: x });\n"],
    [
      'the last of several comments',
      '/** A licence. */\n\n// A note.\n/** Mine. */\n// biome-ignore lint: a reason\nexport const mine = 3;\n',
    ],
    ['a file with CRLF', '/**\r\n * Mine.\r\n */\r\nexport const mine = 3;\r\n'],
  ])('is that of %s', (_what, source) => {
    expect(docCommentOf(source)).toBe('Mine.');
  });

  it('keeps its paragraphs, lists and stars, without the frame', () => {
    const source = `/**
 * First line
 * and the second.
 *
 * - one * two
 *   deeper
 *
 * Ties: none.
 */
export const mine = 3;
`;
    expect(docCommentOf(source)).toBe('First line\nand the second.\n\n- one * two\n  deeper\n\nTies: none.');
  });

  it.each([
    ['nothing', ''],
    ['no export', '/** Mine. */\nconst mine = 3;\n'],
    ['no comment', 'export const mine = 3;\n'],
    ['other comments', '// Mine.\n/* Mine. */\nexport const mine = 3;\n'],
    ['a comment of another statement', "/** Of the import. */\nimport x from 'x';\nexport const mine = x;\n"],
    ['a file that is not a program', '/** Mine. */ <<<<\n'],
  ])('is empty where there is %s', (_what, source) => {
    expect(docCommentOf(source)).toBe('');
  });

  it('of a policy in a table stands above its entry', () => {
    const file = new URL('../../src/policies/presets/list-policies.ts', import.meta.url);
    expect(docCommentsByName(readFileSync(file, 'utf8')).fcfs).toMatch(
      /^First come, first served: the task at the head .*\n\nComplexity: /s,
    );
  });
});

describe('the doc comments of a file with several policies', () => {
  it.each([
    ['the key of an entry', "const TABLE = {\n  /** Mine. */\n  'my-own': 3,\n};\n"],
    ['the name of an object', "/** Mine. */\nexport const other = { name: 'my-own' };\n"],
    ["the name of a call's object", "/** Mine. */\nexport const other = made({ name: 'my-own' });\n"],
    ['an identifier', '/** Mine. */\nexport const myOwn = made();\n'],
  ])('are found by %s', (_what, source) => {
    expect(docCommentsByName(source)).toEqual({ 'my-own': 'Mine.' });
  });

  it('leave out what has none', () => {
    expect(docCommentsByName('export const TABLE = { mine: 3 };\nexport function f() {}\n')).toEqual({});
  });
});

describe('the first sentence', () => {
  it.each([
    ['One. Two.', 'One.'],
    ['One\nof two lines. Two.', 'One of two lines.'],
    ['Name: what it is. More.', 'Name.'],
    ['Version 1.5 of it. More.', 'Version 1.5 of it.'],
    ['No end', 'No end'],
    ['', ''],
  ])('of "%s" is "%s"', (doc, sentence) => {
    expect(firstSentence(doc)).toBe(sentence);
  });
});
