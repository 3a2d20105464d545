import pc from 'picocolors';
import type { LabelledTable } from '../results/metric-text.js';
import { terminalWidth, visibleLength, wrappedCell } from './prose.js';

/** A column of a table. Text is aligned left, formatted numbers right. Cells may have several lines, and colours. */
export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
}

type Row = readonly string[];

const GAP = 2;

/** The label column is not made narrower than this. */
const NARROWEST_LABEL = 16;

/**
 * A plain-text table: a header, a rule and rows, without trailing spaces. A table that is wider than the terminal gets a narrower
 * first column with wrapped labels. If this is not enough, it becomes several tables, each with some of the columns.
 */
export function tableText(
  columns: readonly Column[],
  rows: readonly Row[],
  width = terminalWidth() ?? Number.POSITIVE_INFINITY,
): string {
  const natural = columns.map((_, i) => widthOf(columns, rows, i));
  const label = labelWidth(natural, width);
  return partsOf([label, ...natural.slice(1)], width)
    .map((part) => part.map((i) => [columns[i], i] as const))
    .map((part) =>
      plainTable(
        part.map(([column]) => column),
        rows.map((row) => part.map(([, i]) => row[i])),
        label,
      ),
    )
    .join('\n');
}

/** A narrow label makes room for all values in one table. If it cannot, each table only needs room for its own values. */
function labelWidth([label, ...values]: readonly number[], width: number): number {
  const room = width - values.reduce((sum, one) => sum + GAP + one, 0);
  const roomAlone = width - GAP - Math.max(0, ...values);
  return Math.min(label, Math.max(NARROWEST_LABEL, room >= NARROWEST_LABEL ? room : roomAlone));
}

/** Columns for each table: the first column and as many others as fit. */
function partsOf(widths: readonly number[], width: number): number[][] {
  const parts: number[][] = [[0]];
  let taken = widths[0];
  for (let i = 1; i < widths.length; i++) {
    if (taken + GAP + widths[i] > width && (parts.at(-1)?.length ?? 0) > 1) {
      parts.push([0]);
      taken = widths[0];
    }
    parts.at(-1)?.push(i);
    taken += GAP + widths[i];
  }
  return parts;
}

function widthOf(columns: readonly Column[], rows: readonly Row[], i: number): number {
  return Math.max(columns[i].title.length, ...rows.flatMap((row) => row[i].split('\n').map(visibleLength)));
}

/** A table whose first column is at most `label` wide. */
function plainTable(columns: readonly Column[], rows: readonly Row[], label: number): string {
  const head = wrappedRow(
    columns.map((column) => column.title),
    label,
  );
  const body = rows.flatMap((row) => wrappedRow(row, label));
  const widths = columns.map((_, i) => Math.max(...[...head, ...body].map((row) => visibleLength(row[i]))));
  const line = (cells: Row) =>
    cells
      .map((cell, i) => {
        const gap = ' '.repeat(widths[i] - visibleLength(cell));
        return columns[i].align === 'left' ? `${cell}${gap}` : `${gap}${cell}`;
      })
      .join(' '.repeat(GAP))
      .trimEnd();
  const rule = pc.dim(widths.map((width) => '─'.repeat(width)).join(' '.repeat(GAP)));
  return `${[...head.map((cells) => pc.bold(line(cells))), rule, ...body.map(line)].join('\n')}\n`;
}

/** The lines of a row, from its first line on: those of the wrapped label, and those of each value. */
function wrappedRow([first, ...others]: Row, label: number): string[][] {
  const labels = first.length <= label ? [first] : wrappedCell(first, label, '  ').split('\n');
  const cells = [labels, ...others.map((cell) => cell.split('\n'))];
  const height = Math.max(...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, i) => cells.map((lines) => lines[i] ?? ''));
}

/** A table with a caption. The first column labels the rows; the others are aligned right. */
export function labelledTableText(table: LabelledTable): string {
  const columns: Column[] = [
    { title: table.caption, align: 'left' },
    ...table.columns.map((title) => ({ title, align: 'right' as const })),
  ];
  return tableText(columns, table.rows);
}
