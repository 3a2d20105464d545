import type { ReportData } from '../report-data.js';
import { dataFiles } from './data-files.js';
import { element } from './element.js';

/** A heading of the page with its anchor. */
export interface Anchor {
  readonly id: string;
  readonly heading: string;
}

/** The title, the facts of the runs and the command. `recolored` is called when the colour scheme changes. */
export function pageHeader(
  { sentence, facts, command, files }: Pick<ReportData, 'sentence' | 'facts' | 'command' | 'files'>,
  recolored: () => void,
): HTMLElement {
  return element(
    'header',
    {},
    element(
      'div',
      { class: 'top' },
      element('p', { class: 'kind' }, 'Fairground report'),
      schemePicker(recolored),
    ),
    element('h1', {}, sentence),
    element(
      'dl',
      { class: 'facts' },
      ...facts.map(({ term, text }) => element('div', {}, element('dt', {}, term), element('dd', {}, text))),
    ),
    ...(command === null
      ? []
      : [
          element(
            'p',
            { class: 'command' },
            element('span', { class: 'term' }, 'To reproduce'),
            element('code', { tabindex: '0' }, command),
          ),
        ]),
    ...dataFiles(files),
  );
}

/** Links to all sections. */
export function contents(anchors: readonly Anchor[]): HTMLElement {
  return element(
    'nav',
    { 'aria-label': 'Contents' },
    element(
      'ol',
      {},
      ...anchors.map(({ id, heading }) => element('li', {}, element('a', { href: `#${id}` }, heading))),
    ),
  );
}

const SCHEMES = [
  ['system', 'as the system'],
  ['light', 'light'],
  ['dark', 'dark'],
] as const;

function schemePicker(recolored: () => void): HTMLElement {
  const picker = element(
    'select',
    { class: 'scheme' },
    ...SCHEMES.map(([value, text]) => element('option', { value }, text)),
  );
  picker.addEventListener('change', () => {
    document.documentElement.dataset.scheme = picker.value;
    recolored();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', recolored);
  return element('label', { class: 'scheme-choice' }, 'Colours ', picker);
}
