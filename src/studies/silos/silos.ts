import { InputError, type ParameterValues, quote } from '../../model/index.js';
import type { Check, Study, StudyRequest } from '../study.js';
import { type Cell, fullCells, quickCells } from './cells.js';
import { claimChecks } from './claims.js';
import { costRows } from './costs.js';
import type { DataCentre } from './data-centre.js';
import { measure } from './measure.js';
import type { Sizer } from './sizing.js';

/**
 * Tests the claims for one shared pool instead of a static cluster per application. Silos that are sized for their peaks have 6 to 12 %
 * utilization; a pool has above 90 % and needs 60 % less hardware. Each claim is tested over twenty seeds with paired intervals that are
 * corrected for their number. The cost of
 * pooling is reported as well (docs/silos-vs-sharing.md).
 */
export const silosStudy: Study = {
  name: 'silos',
  about:
    'static silos against shared pools: where the claims about utilization and hardware hold, and the cost of pooling',
  needsData: () => false,
  parameters: [
    {
      kind: 'choice',
      name: 'full',
      default: 'no',
      choices: ['no', 'yes'],
      about:
        'run all peaks, service counts, headrooms and failure rates (two hours) instead of three small cells (a minute)',
    },
    {
      kind: 'text',
      name: 'cells',
      default: '',
      form: 'names joined by commas',
      pattern: /^/,
      about: 'cells to run [all], such as small base,tiny; with --full, such as base,smack',
    },
  ],
  run: runStudy,
};

async function runStudy({ settings, progress }: StudyRequest): Promise<readonly Check[]> {
  const checks: Check[] = [];
  const sizers = new Map<DataCentre, Sizer>();
  for (const cell of chosen(settings)) {
    const replications = await measure(cell, sizers, progress);
    checks.push(...claimChecks(cell, replications), ...costRows(cell, replications));
  }
  return checks;
}

/** @throws InputError for an unknown cell. */
function chosen(settings: ParameterValues): readonly Cell[] {
  const cells = settings.text('full') === 'yes' ? fullCells() : quickCells();
  if (settings.text('cells') === '') return cells;
  return settings
    .text('cells')
    .split(',')
    .map((name) => {
      const cell = cells.find((one) => one.name === name);
      if (cell !== undefined) return cell;
      const known = cells.map((one) => one.name);
      if (fullCells().some((one) => one.name === name))
        throw new InputError({ field: '--cells' }, `the cell ${quote(name)} needs --full`);
      throw InputError.expected({ field: '--cells' }, name, `one of ${known.join(', ')}`, known);
    });
}
