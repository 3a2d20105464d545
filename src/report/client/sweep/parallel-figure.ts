import { countText, pluralText } from '../../../results/metric-text.js';
import type { SweepMetric } from '../../sweep/sweep-data.js';
import { element } from '../element.js';
import type { Figure } from '../figure.js';
import { policyStyle } from '../palette.js';
import { figureWithPickers, pickerRow, textPicker } from './choices.js';
import type { LoadedSweep } from './loaded-sweep.js';
import type { MetricChoice } from './metric-choice.js';
import { BELOW } from './parallel-columns.js';
import { type Line, MOST_LINES, type ParallelPlot, parallelPlot, stepFor } from './parallel-plot.js';
import { otherAxes } from './pareto-figure.js';
import { rangeFields } from './range-fields.js';
import type { RangeSelection } from './range-selection.js';

/** The share of the combinations that is drawn strongly. */
const BEST = 0.1;

/** Parallel coordinates: a line for each combination through its value of every axis, to the metric at the right. */
export function parallelFigure(
  sweep: LoadedSweep,
  { metric }: MetricChoice,
  selection: RangeSelection,
): Figure {
  const { axes, policies } = sweep.data;
  return figureWithPickers((redraw) => {
    const strong = textPicker(
      'Draw strongly',
      ['the best tenth', 'the worst tenth', ...(policies.length > 1 ? policies : [])],
      0,
      redraw,
    );
    const count = element('span', { role: 'status' });
    const clear = element('button', { type: 'button' }, 'Clear (Esc)');
    const fields = rangeFields(selection);
    let plot: ParallelPlot | undefined;

    const isSelected = ({ point }: Line) => selection.has(point);
    const strongOf = (lines: readonly Line[]) =>
      selection.isEmpty() ? strongLines(lines, metric(), strong.value()) : new Set(lines.filter(isSelected));
    const describe = () => {
      const isEmpty = selection.isEmpty();
      strong.disable(!isEmpty);
      clear.hidden = isEmpty;
      count.textContent = selectionText(linesOf(sweep, metric(), selection), selection);
      fields.follow();
    };
    const clearAll = () => {
      plot?.cancel();
      selection.clear();
    };
    selection.onChange(() => {
      describe();
      plot?.paint();
      plot?.follow();
    });
    clear.addEventListener('click', () => {
      clearAll();
      // The button disappears, so the focus would be lost.
      fields.element.querySelector('summary')?.focus({ preventScroll: true });
    });
    // After a drag by mouse, no element of the figure has the focus. In a list, the key closes the list.
    document.addEventListener('keydown', ({ key, target }) => {
      if (key === 'Escape' && !(target instanceof HTMLSelectElement)) clearAll();
    });
    return {
      name: 'all-axes',
      title: 'All axes at once',
      caption: () => captionText(linesOf(sweep, metric(), selection), metric()),
      legend: () =>
        policies.length < 2
          ? []
          : policies.map((label, i) => ({ label, line: { ...policyStyle(i), dash: 'none' } })),
      panels: () => [
        {
          title: '',
          draw: (width) => {
            const lines = linesOf(sweep, metric(), selection);
            plot = parallelPlot(sweep, metric(), selection, { lines, strong: () => strongOf(lines) }, width);
            return plot.element;
          },
        },
      ],
      panelWidth: 0,
      rows: () => [
        [
          ...['policy', ...otherAxes(sweep).map((axis) => axes[axis].name), metric().key],
          ...(selection.isEmpty() ? [] : ['selected']),
        ],
        ...linesOf(sweep, metric(), selection).map((line) => [
          ...[
            policies[line.policy],
            ...otherAxes(sweep).map((axis) => sweep.text(axis, line.point)),
            line.value,
          ],
          ...(selection.isEmpty() ? [] : [isSelected(line) ? 'yes' : 'no']),
        ]),
      ],
      controls: pickerRow(strong),
      // Below the drawing, because its length changes: the drawing must not move during a drag.
      table: element('div', {}, element('p', { class: 'reading' }, count, ' ', clear), fields.element),
      drawn: describe,
    };
  });
}

function selectionText(lines: readonly Line[], selection: RangeSelection): string {
  if (selection.isEmpty())
    return 'Drag along an axis to select a range. Ranges on several axes select the combinations within all of them.';
  const selected = lines.filter(({ point }) => selection.has(point)).length;
  return `${countText(selected)} of ${pluralText(lines.length, 'combination')} selected: ${selection.texts().join('; ')}.`;
}

function captionText(lines: readonly Line[], { key, better }: SweepMetric): string {
  const step = stepFor(lines.length);
  return [
    `Each line is one combination, from its value of each axis to its mean of ${key} at the right.`,
    better === 'neither'
      ? 'This metric has no better direction: the best tenth are the highest values.'
      : `The best tenth are the ${better === 'lower' ? 'lowest' : 'highest'} values.`,
    'With a range on an axis, the selected combinations are drawn strongly and the others in grey; the table of combinations below shows the selected ones.',
    ...(step > 1
      ? [
          `Of ${lines.length} pale lines, every ${step}th is drawn; strong ones are all drawn up to ${MOST_LINES}.`,
        ]
      : []),
    ...(lines.some(({ places }) => places.includes(BELOW))
      ? ['A line below an axis does not depend on it.']
      : []),
  ].join(' ');
}

function linesOf(sweep: LoadedSweep, metric: SweepMetric, selection: RangeSelection): Line[] {
  const columns = selection.columns();
  return sweep.points.flatMap((point) => {
    const mean = sweep.mean(metric, [point])?.mean;
    if (mean === undefined) return [];
    const places = columns.map(({ stops, stopOf }) => stops[stopOf[point]].place);
    return [{ point, policy: sweep.policyOfPoint[point], value: mean, places }];
  });
}

function strongLines(lines: readonly Line[], { better }: SweepMetric, choice: number): ReadonlySet<Line> {
  if (choice > 1) return new Set(lines.filter(({ policy }) => policy === choice - 2));
  const isLowestFirst = (better === 'lower') === (choice === 0);
  const order = lines.toSorted((a, b) => (isLowestFirst ? a.value - b.value : b.value - a.value));
  return new Set(order.slice(0, Math.max(1, Math.round(lines.length * BEST))));
}
