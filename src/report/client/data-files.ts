import type { FileGroup } from '../report-data.js';
import { scrolling } from './data-table.js';
import { element } from './element.js';

/** Links to the data files beside the page: a line for one run, a table that opens for several; nothing without files. */
export function dataFiles(groups: readonly FileGroup[]): HTMLElement[] {
  if (groups.length === 0) return [];
  const runs = groups.filter(({ of }) => of !== '');
  if (runs.length === 0)
    return [
      element(
        'p',
        { class: 'command' },
        element('span', { class: 'term' }, 'Data files'),
        element('span', {}, ...linksOf(groups.flatMap(({ files }) => files))),
      ),
    ];
  return [
    element(
      'details',
      {},
      element('summary', {}, 'Data files'),
      scrolling(
        'Data files',
        element(
          'table',
          { class: 'files' },
          element('caption', { class: 'unseen' }, 'Data files by run'),
          element(
            'tbody',
            {},
            ...groups.map(({ of, files }) =>
              element(
                'tr',
                {},
                element('th', { scope: 'row' }, of === '' ? 'all runs' : of),
                element('td', {}, ...linksOf(files)),
              ),
            ),
          ),
        ),
      ),
    ),
  ];
}

function linksOf(files: FileGroup['files']): (Node | string)[] {
  return files.flatMap(({ name, href }, i) => [...(i === 0 ? [] : [' ']), element('a', { href }, name)]);
}
