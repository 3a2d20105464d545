import type { TaskBatch, Trace } from '../trace.js';
import { type FieldValue, neededColumns, type WrittenColumn, writtenColumns } from './written-columns.js';

/**
 * A trace in Fairground's own CSV format, some lines at a time, with only the columns that its rows need. `open` is
 * called twice: once to find these columns, once to write the lines.
 */
export async function* csvText(open: () => Trace): AsyncGenerator<string> {
  const needed = await neededColumns(open());
  const trace = open();
  const columns = writtenColumns(trace, needed);
  yield `${columns.map((column) => column.name).join(',')}\n`;
  for await (const batch of trace.batches()) yield linesOf(batch, columns);
}

function linesOf(batch: TaskBatch, columns: readonly WrittenColumn[]): string {
  let lines = '';
  for (let row = 0; row < batch.length; row++) {
    lines += fieldText(columns[0].value(batch, row));
    for (let column = 1; column < columns.length; column++)
      lines += `,${fieldText(columns[column].value(batch, row))}`;
    lines += '\n';
  }
  return lines;
}

function fieldText(value: FieldValue): string | number {
  if (value === undefined) return '';
  if (value === Number.POSITIVE_INFINITY) return 'forever';
  return typeof value === 'number' ? value : quoted(value);
}

/** Quoted where a reader would split the text, or remove the white space around it. */
export function quoted(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
