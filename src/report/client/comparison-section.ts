import type { ComparisonCell, ComparisonRow, ComparisonTable } from '../report-data.js';
import { scrolling } from './data-table.js';
import { element } from './element.js';
import { policyStyle } from './palette.js';

const DIRECTIONS = {
  lower: ['↓', 'lower is better'],
  higher: ['↑', 'higher is better'],
  neither: ['', ''],
} as const;

/** The headline metrics, followed by a collapsible table of all metrics. */
export function comparisonSection(comparison: ComparisonTable): HTMLElement[] {
  const { rows, legend } = comparison;
  const legendText = ['↓ lower is better, ↑ higher is better.', ...legend].join(' ');
  return [
    numbersTable(
      'Headline metrics',
      comparison,
      rows.filter(({ isShort }) => isShort),
    ),
    element('p', { class: 'aside' }, legendText),
    element(
      'details',
      {},
      element('summary', {}, `All metrics (${rows.length})`),
      numbersTable('All metrics', comparison, rows),
    ),
  ];
}

/** A row of a table of numbers. */
type NumbersRow = Pick<ComparisonRow, 'name' | 'about' | 'better' | 'cells'>;

/** A table with a column per policy; under each value its difference to the reference. */
export function numbersTable(
  caption: string,
  { policies, reference }: Pick<ComparisonTable, 'policies' | 'reference'>,
  rows: readonly NumbersRow[],
): HTMLElement {
  const head = policies.map((name, i) =>
    element(
      'th',
      { scope: 'col' },
      policyName(name, i),
      ...(i === reference && policies.length > 1 ? [element('small', {}, ' (reference)')] : []),
    ),
  );
  return scrolling(
    caption,
    element(
      'table',
      { class: 'numbers' },
      element('caption', { class: 'unseen' }, caption),
      element('thead', {}, element('tr', {}, element('td'), ...head)),
      element('tbody', {}, ...rows.map(tableRow)),
    ),
  );
}

/** The name of a policy after a chip of its colour. */
export function policyName(name: string, place: number): HTMLElement {
  const chip = element('span', { class: 'chip', 'aria-hidden': 'true' });
  chip.style.background = policyStyle(place).color;
  return element('span', { class: 'policy' }, chip, element('bdi', {}, name));
}

/** The value of a cell, and its difference to the reference. */
export function cellContent({ value, difference, isSupported }: ComparisonCell): (HTMLElement | string)[] {
  if (difference === '') return [value];
  return [value, element(isSupported ? 'strong' : 'span', { class: 'difference' }, difference)];
}

/** A name such as `byFramework.web.wait.p95`, which may break after a dot. */
function breakable(name: string): (Node | string)[] {
  return name.split(/(?<=\.)/).flatMap((part, i) => (i === 0 ? [part] : [element('wbr'), part]));
}

function tableRow({ name, about, better, cells }: NumbersRow): HTMLElement {
  const [arrow, meaning] = DIRECTIONS[better];
  const direction = element(
    'span',
    { class: 'direction', title: meaning },
    element('span', { 'aria-hidden': 'true' }, arrow),
    element('span', { class: 'unseen' }, meaning),
  );
  return element(
    'tr',
    {},
    element(
      'th',
      { scope: 'row', title: about },
      ...breakable(name),
      ...(better === 'neither' ? [] : [' ', direction]),
    ),
    ...cells.map((cell) => element('td', {}, ...cellContent(cell))),
  );
}
