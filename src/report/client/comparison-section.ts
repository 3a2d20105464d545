import type { ComparisonRow, ComparisonTable } from '../report-data.js';
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
  const { rows, policies, hasIntervals } = comparison;
  const interval = hasIntervals ? ' (mean ± 95 % interval)' : '';
  const overlap = hasIntervals ? ' (or its interval overlaps the interval of the best)' : '';
  const explained =
    policies.length > 1
      ? element(
          'p',
          { class: 'aside' },
          `↓ lower is better, ↑ higher is better. Bold: best value of the row${overlap}.`,
        )
      : element('p', { class: 'aside' }, '↓ lower is better, ↑ higher is better.');
  return [
    table(
      `Headline metrics${interval}`,
      policies,
      rows.filter(({ isShort }) => isShort),
    ),
    explained,
    element(
      'details',
      {},
      element('summary', {}, `All metrics (${rows.length})`),
      table(`All metrics${interval}`, policies, rows),
    ),
  ];
}

function table(caption: string, policies: readonly string[], rows: readonly ComparisonRow[]): HTMLElement {
  const head = policies.map((name, i) => {
    const chip = element('span', { class: 'chip', 'aria-hidden': 'true' });
    chip.style.background = policyStyle(i).color;
    return element('th', { scope: 'col' }, chip, name);
  });
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

function tableRow({ name, about, better, cells }: ComparisonRow): HTMLElement {
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
    element('th', { scope: 'row', title: about }, name, ...(better === 'neither' ? [] : [' ', direction])),
    ...cells.map(({ text, isBest }) => element('td', {}, isBest ? element('strong', {}, text) : text)),
  );
}
