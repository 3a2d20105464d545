import { WAIT_LIMITS } from '../report-data.js';
import { dataTable } from './data-table.js';
import { numberText, percentText, secondsText } from './number-text.js';
import type { WaitCurve } from './wait-curve.js';

/** The shares that a logarithmic axis cannot show: who waited not at all, and who longer than times people know. */
export function waitTable(names: readonly string[], curves: readonly WaitCurve[]): HTMLElement {
  return dataTable({
    caption: 'Tasks by wait',
    columns: ['tasks started', 'waited 0 s', ...WAIT_LIMITS.map((limit) => `over ${secondsText(limit)}`)],
    rows: curves.map(({ tasks, zero, longer }, i) => {
      const share = (count: number) => (tasks === 0 ? '–' : percentText(count / tasks));
      return [names[i], numberText(tasks), share(zero), ...longer.map(share)];
    }),
  });
}
