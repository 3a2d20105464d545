import { valueText } from '../../../results/interval-text.js';
import { dataTable } from '../data-table.js';
import { element } from '../element.js';
import type { Figure } from '../figure.js';
import type { LoadedSweep } from './loaded-sweep.js';
import { directionText, type MetricChoice, written } from './metric-choice.js';
import { otherAxes } from './pareto-figure.js';

const MOST_ROWS = 30;

/** The combinations with the best means of the metric, as a table. */
export function combinations(sweep: LoadedSweep, { metric }: MetricChoice): Figure {
  const { policies, axes, seeds } = sweep.data;
  const shown = element('div');
  return {
    element: shown,
    draw: () => {
      const sign = metric().better === 'lower' ? 1 : -1;
      const all = sweep.points.flatMap((point) => {
        const value = sweep.mean(metric(), [point]);
        return value === undefined ? [] : [{ point, value }];
      });
      const best = all.sort((a, b) => sign * (a.value.mean - b.value.mean)).slice(0, MOST_ROWS);
      const order =
        metric().better === 'neither' ? 'highest first' : `best first (${directionText(metric())})`;
      shown.replaceChildren(
        dataTable({
          caption: `${metric().key}, ${order}`,
          columns: [metric().key, ...otherAxes(sweep).map((axis) => axes[axis].name)],
          rows: best.map(({ point, value }) => [
            policies[sweep.policyOfPoint[point]],
            valueText(value, written(metric())),
            ...otherAxes(sweep).map((axis) => sweep.text(axis, point)),
          ]),
        }),
        element(
          'p',
          { class: 'aside' },
          [
            all.length > MOST_ROWS ? `The first ${MOST_ROWS} of ${all.length} combinations.` : '',
            seeds.length > 1
              ? '± is the 95 % interval of each combination for itself. The best of many is partly so by chance: compare the first rows with more seeds before you choose among them.'
              : 'One seed says nothing of chance.',
          ].join(' '),
        ),
      );
    },
  };
}
