import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { compareRuns } from '../../src/results/comparison.js';
import { csvTable, latexTable, markdownTable } from '../../src/results/comparison-formats.js';
import { smallSpec, summaryOf, waitingLike } from '../lab/small-runs.js';

const base = await summaryOf(smallSpec({ policy: 'drf' }));

const waiting = waitingLike(base);

const WAITS = [10, 22, 35, 48, 60, 71];
const comparison = compareRuns([
  ...WAITS.map((wait, i) => waiting('a_b', String(i), wait)),
  ...WAITS.map((wait, i) => waiting('c', String(i), wait - 3 - (i % 2))),
]);

describe('a comparison as Markdown', () => {
  it('has a line per metric, and the supported difference in bold', () => {
    const lines = markdownTable(comparison, { all: false }).split('\n');
    expect(lines.slice(0, 3)).toEqual([
      '| metric | a_b | c |',
      '| :-- | --: | --: |',
      '| `wait.mean` | 41 ± 24 s | 38 s<br>**-3.5 ± 0.6 s** |',
    ]);
    expect(lines.at(-2)).toContain('paired differences to a_b');
  });
});

describe('a comparison as LaTeX', () => {
  it('uses the rules of booktabs, and escapes what LaTeX reads as commands', () => {
    const text = latexTable(comparison, { all: false });
    expect(text.slice(text.indexOf('\\begin'))).toBe(
      [
        '\\begin{tabular}{lrr}',
        '  \\toprule',
        '   & a\\_b & c \\\\',
        '  \\midrule',
        '  \\texttt{wait.mean} & 41 $\\pm$ 24 s & 38 s \\\\',
        '   &  & \\textbf{$-$3.5 $\\pm$ 0.6 s} \\\\',
        '  \\bottomrule',
        '\\end{tabular}',
        '',
      ].join('\n'),
    );
  });

  it('keeps the hyphen of a name', () => {
    expect(latexTable(compareRuns([waiting('bin-packing', '1', 1)]), { all: false })).toContain(
      '& bin-packing',
    );
  });
});

describe('a comparison as CSV', () => {
  it('has a line per metric and policy, with plain numbers', () => {
    const rows: Record<string, string>[] = parse(csvTable(comparison, { all: false }), { columns: true });
    expect(rows.map((row) => [row.metric, row.policy])).toEqual([
      ['wait.mean', 'a_b'],
      ['wait.mean', 'c'],
    ]);
    expect(rows[0]).toMatchObject({ unit: 's', seeds: '6', mean: '41', difference: '' });
    expect(rows[1]).toMatchObject({ reference: 'a_b', pairs: '6', difference: '-3.5', supported: 'true' });
    expect(Number(rows[1].difference_half_width)).toBeCloseTo(0.5748, 4);
  });
});
