import { valueText } from '../../../results/interval-text.js';
import { pluralText } from '../../../results/metric-text.js';
import { dataTable } from '../data-table.js';
import { element } from '../element.js';
import type { Figure } from '../figure.js';
import type { LoadedSweep } from './loaded-sweep.js';
import { directionText, type MetricChoice, written } from './metric-choice.js';
import { otherAxes } from './pareto-figure.js';
import type { RangeSelection } from './range-selection.js';

const MOST_ROWS = 30;

/** The combinations with the best means of the metric among those that are selected, as a table. */
export function combinations(
  sweep: LoadedSweep,
  { metric }: MetricChoice,
  selection: RangeSelection,
): Figure {
  const { policies, axes, seeds } = sweep.data;
  const shown = element('div');
  const draw = () => {
    const sign = metric().better === 'lower' ? 1 : -1;
    const all = sweep.points.flatMap((point) => {
      if (!selection.has(point)) return [];
      const value = sweep.mean(metric(), [point]);
      return value === undefined ? [] : [{ point, value }];
    });
    const best = all.sort((a, b) => sign * (a.value.mean - b.value.mean)).slice(0, MOST_ROWS);
    const order = metric().better === 'neither' ? 'highest first' : `best first (${directionText(metric())})`;
    shown.replaceChildren(
      dataTable({
        caption: `${metric().key}, ${order}${selection.isEmpty() ? '' : `, of ${pluralText(all.length, 'selected combination')}`}`,
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
          selection.isEmpty()
            ? ''
            : `Only combinations within the ranges of the figure “All axes at once”: ${selection.texts().join('; ')}.`,
          all.length > MOST_ROWS ? `The first ${MOST_ROWS} of ${all.length} combinations.` : '',
          seeds.length > 1
            ? '± is the 95 % interval of each combination for itself. The best of many is partly so by chance: compare the first rows with more seeds before you choose among them.'
            : 'One seed says nothing of chance.',
        ]
          .filter((text) => text !== '')
          .join(' '),
      ),
    );
  };
  selection.onChange(draw);
  return { element: shown, draw };
}
