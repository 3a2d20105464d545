import pc from 'picocolors';
import type { LabelledTable } from '../results/metric-text.js';

/** A column of a table. Text is aligned left, formatted numbers right. */
export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
}

/** A plain-text table: a header, a rule and rows, without trailing spaces. */
export function tableText(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map((column, i) =>
    Math.max(column.title.length, ...rows.map((row) => row[i].length)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => (columns[i].align === 'left' ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
      .join('  ')
      .trimEnd();
  const header = pc.bold(line(columns.map((column) => column.title)));
  const rule = pc.dim(widths.map((width) => '─'.repeat(width)).join('  '));
  return `${[header, rule, ...rows.map(line)].join('\n')}\n`;
}

/** A table with a caption. The first column labels the rows; the others are aligned right. */
export function labelledTableText(table: LabelledTable): string {
  const columns: Column[] = [
    { title: table.caption, align: 'left' },
    ...table.columns.map((title) => ({ title, align: 'right' as const })),
  ];
  return tableText(columns, table.rows);
}
