import { csvLine } from '../metrics/files/csv.js';
import type { Comparison } from './comparison.js';
import { legendOf } from './comparison-legend.js';
import { cellOf } from './interval-text.js';
import { shownRows } from './shown-rows.js';

/** Which rows a table has. */
interface Rows {
  readonly all: boolean;
}

/** The comparison as a table of GitHub's Markdown, with its legend. */
export function markdownTable(comparison: Comparison, rows: Rows): string {
  const shown = shownRows(comparison, rows);
  const names = comparison.columns.map(({ name }) => name.replaceAll('|', '\\|'));
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  const body = shown.rows.map((row) => {
    const cells = names.map((_, i) => {
      const { value, difference, isSupported } = cellOf(row, comparison, i);
      if (difference === '') return value;
      return `${value}<br>${isSupported ? `**${difference}**` : difference}`;
    });
    return line([`\`${row.metric.key}\``, ...cells]);
  });
  const head = line(['metric', ...names]) + line([':--', ...names.map(() => '--:')]);
  const legend = legendOf(comparison, shown);
  return `${head}${body.join('')}${legend.length === 0 ? '' : `\n${legend.join(' ')}\n`}`;
}

/** The comparison as a LaTeX table with the rules of the package booktabs; its legend is a comment. */
export function latexTable(comparison: Comparison, rows: Rows): string {
  const shown = shownRows(comparison, rows);
  const { columns } = comparison;
  const line = (cells: readonly string[]) => `  ${cells.join(' & ')} \\\\\n`;
  const body = shown.rows.map((row) => {
    const cells = columns.map((_, i) => cellOf(row, comparison, i));
    const means = line([
      `\\texttt{${latexText(row.metric.key)}}`,
      ...cells.map(({ value }) => latexText(value)),
    ]);
    if (cells.every(({ difference }) => difference === '')) return means;
    const differences = cells.map(({ difference, isSupported }) =>
      isSupported ? `\\textbf{${latexText(difference)}}` : latexText(difference),
    );
    return means + line(['', ...differences]);
  });
  const legend = legendOf(comparison, shown).map((sentence) => `% ${sentence}\n`);
  return (
    `${legend.join('')}\\begin{tabular}{l${'r'.repeat(columns.length)}}\n  \\toprule\n` +
    `${line(['', ...columns.map(({ name }) => latexText(name))])}  \\midrule\n${body.join('')}  \\bottomrule\n\\end{tabular}\n`
  );
}

const LATEX: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '±': '$\\pm$',
  '–': '--',
  '-': '$-$',
  '<': '$<$',
  '>': '$>$',
};

/** A minus stands before a digit; other hyphens belong to names. */
function latexText(text: string): string {
  return text.replace(
    /[\\~^±–<>]|-(?=\d)(?<![\w]-)|[&%$#_{}]/g,
    (character) => LATEX[character] ?? `\\${character}`,
  );
}

const CSV_HEADER = [
  ...[
    'metric',
    'unit',
    'policy',
    'seeds',
    'mean',
    'half_width',
    'low',
    'high',
    'median',
    'median_low',
    'median_high',
  ],
  ...[
    'reference',
    'pairs',
    'difference',
    'difference_half_width',
    'simultaneous_half_width',
    'p',
    'adjusted_p',
    'supported',
  ],
];

/** The comparison as CSV: a line per metric and column, with numbers in the unit of the metric. */
export function csvTable(comparison: Comparison, rows: Rows): string {
  const { columns, reference } = comparison;
  const lines = shownRows(comparison, rows).rows.flatMap(({ metric, values, differences }) =>
    columns.map(({ name }, i) => {
      const value = values[i];
      const difference = differences[i];
      const own = [value?.count, value?.mean, value?.halfWidth, value?.limits?.low, value?.limits?.high];
      const median = [value?.median.value, value?.median.limits?.low, value?.median.limits?.high];
      const paired = [
        difference?.count,
        difference?.mean,
        difference?.halfWidth,
        difference?.corrected?.halfWidth,
        difference?.p,
        difference?.corrected?.p,
      ];
      const supported = difference?.halfWidth === undefined ? '' : String(difference.isSupported);
      const to = difference === undefined ? '' : columns[reference].name;
      const fields = [metric.key, metric.unit, name, ...own, ...median, to, ...paired, supported];
      return csvLine(fields.map((field) => field ?? ''));
    }),
  );
  return `${[csvLine(CSV_HEADER), ...lines].join('')}`;
}
