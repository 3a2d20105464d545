import type { DataFiles } from '../results/files/data-files.js';
import { pluralText } from '../results/metric-text.js';
import type { FileGroup } from './report-data.js';

/** More runs have no links, so that the header stays short; their folders have the same files. */
const MOST_GROUPS = 60;

/** Links from a page to the files beside it. They begin with `./`, so that no name of a folder is taken for the scheme of an address. */
export function fileGroups(all: readonly DataFiles[]): FileGroup[] {
  const left = all.length - MOST_GROUPS;
  const shown = all.slice(0, MOST_GROUPS).map(({ of, paths }) => ({
    of,
    files: paths.map((path) => ({
      name: path.slice(path.lastIndexOf('/') + 1),
      href: `./${path.split('/').map(encodeURIComponent).join('/')}`,
    })),
  }));
  return left > 0 ? [...shown, { of: `${pluralText(left, 'more folder')} of runs`, files: [] }] : shown;
}
