import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { definition, wrapped } from '../../src/cli/prose.js';
import { tableText } from '../../src/cli/table.js';
import { PROJECT } from './simulate-command.js';

describe('wrapped prose', () => {
  it('breaks at spaces, indents the further lines and ends no line with a space', () => {
    expect(wrapped('one two three four', 9, '  ')).toBe('one two\n  three\n  four');
    expect(wrapped('  one two', 5)).toBe('  one\ntwo');
  });

  it('keeps a word whole that is wider than the line', () => {
    expect(wrapped('see /a/very/long/path now', 10)).toBe('see\n/a/very/long/path\nnow');
  });

  it('does not count colours', () => {
    expect(wrapped('\u001b[1mone\u001b[22m two', 7)).toBe('\u001b[1mone\u001b[22m two');
  });

  it('gives a long term a line of its own', () => {
    expect(definition('  a=1', 'meaning', 8)).toBe('  a=1   meaning\n');
    expect(definition('  a=12345', 'meaning', 8)).toBe('  a=12345\n        meaning\n');
  });
});

describe('a table in a terminal', () => {
  const columns = [
    { title: 'metric', align: 'left' as const },
    { title: 'silos', align: 'right' as const },
    { title: 'drf', align: 'right' as const },
  ];
  const rows = [['byFramework.elasticsearch.wait', '10 s', '5 s']];

  it('stays as it is where there is room, or no terminal', () => {
    const wide = tableText(columns, rows, 200);
    expect(wide).toContain('byFramework.elasticsearch.wait   10 s  5 s');
    expect(tableText(columns, rows, Number.POSITIVE_INFINITY)).toBe(wide);
  });

  it('wraps the labels first', () => {
    expect(tableText(columns, rows, 32)).toBe(
      'metric                silos  drf\n' +
        '────────────────────  ─────  ───\n' +
        'byFramework.           10 s  5 s\n' +
        '  elasticsearch.wait\n',
    );
  });

  it('becomes several tables when the values alone are too wide', () => {
    const parts = tableText(columns, rows, 26).split('\n\n');
    expect(parts).toHaveLength(2);
    expect(parts[0]).toContain('silos');
    expect(parts[1]).toContain('drf');
  });
});

/** Commands whose output is prose. */
const PROSE = [
  'policy list',
  'policy show drf',
  'policy show omega',
  'trace formats',
  'schema',
  'schema scenario',
  'schema submission',
  'reproduce --help',
  'run --help',
  'gate --help',
];

describe('the output', () => {
  const lines = (command: string, columns?: string) => {
    const { COLUMNS: _, ...env } = process.env;
    const { stdout } = spawnSync(process.execPath, ['dist/cli.js', ...command.split(' ')], {
      cwd: PROJECT,
      encoding: 'utf8',
      env: { ...env, NO_COLOR: '1', ...(columns !== undefined && { COLUMNS: columns }) },
    });
    return stdout.split('\n');
  };

  it.each(PROSE)('of simulate %s fits 80 columns, or those of the terminal', (command) => {
    expect(lines(command).filter((line) => line.length > 80)).toEqual([]);
    expect(lines(command, '100').filter((line) => line.length > 100)).toEqual([]);
  });

  it('of a study fits a terminal of 80 columns', () => {
    expect(lines('reproduce drf', '80').filter((line) => line.length > 80)).toEqual([]);
  });
});
