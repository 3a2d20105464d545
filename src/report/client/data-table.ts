import type { TextTable } from '../report-data.js';
import { element } from './element.js';

/** A table with its own scroll bar, so that a wide table does not make the page scroll. */
export function scrolling(label: string, table: HTMLTableElement): HTMLElement {
  return element('div', { class: 'scrolling', role: 'region', 'aria-label': label, tabindex: '0' }, table);
}

/** A table of one column with more rows than this is split into columns side by side. */
const LONG = 24;

/** A table of text, or of elements with text. */
type ShownTable = Omit<TextTable, 'rows'> & { readonly rows: readonly (readonly (string | HTMLElement)[])[] };

/** A table: the first cell of each row is its heading. */
export function dataTable({ caption, columns, rows }: ShownTable): HTMLElement {
  const head = element(
    'tr',
    {},
    element('td'),
    ...columns.map((column) => element('th', { scope: 'col' }, column)),
  );
  const body = rows.map(([heading, ...cells]) =>
    element(
      'tr',
      {},
      element('th', { scope: 'row' }, heading),
      ...cells.map((cell) => element('td', {}, cell)),
    ),
  );
  const table = element(
    'table',
    {},
    element('caption', {}, caption),
    element('thead', {}, head),
    element('tbody', {}, ...body),
  );
  const shown = scrolling(caption, table);
  if (columns.length === 1 && rows.length > LONG) shown.classList.add('long');
  return shown;
}
