import { changeText, differenceText, valueText } from '../../../results/interval-text.js';
import type { Limits } from '../../../results/statistics/mean-interval.js';
import type { SweepMetric } from '../../sweep/sweep-data.js';
import { dataTable } from '../data-table.js';
import { element } from '../element.js';
import { type Figure, figure } from '../figure.js';
import type { LegendItem } from '../legend.js';
import { policyStyle } from '../palette.js';
import { type AxisPoint, axisPlot } from './axis-plot.js';
import { figureWithPickers, pickerRow, textPicker } from './choices.js';
import { correctedDifferences } from './corrected-differences.js';
import type { LoadedSweep } from './loaded-sweep.js';
import { directionText, type MetricChoice, ticksOf, tickText, written } from './metric-choice.js';

const SMALL = 210;
const LARGE = 320;

/** Panels of one figure: more values of an axis have none. */
const MOST_PANELS = 12;

/** Small multiples: the mean of the metric over each axis, with one vertical scale. */
export function effectsFigure(sweep: LoadedSweep, { metric }: MetricChoice): Figure {
  const { axes, seeds } = sweep.data;
  const panels = () =>
    axes.map((_, axis) => ({ axis, points: valuesOver(sweep, metric(), axis, sweep.points) }));
  return figure({
    name: 'effects',
    title: 'Effect of each axis',
    caption: () =>
      [
        `Mean of ${metric().key} at each value of an axis, over all combinations of the other axes. All panels have one vertical scale.`,
        intervalsText(seeds.length),
        ...flatText(sweep),
      ].join(' '),
    legend: () => policyLegend(sweep),
    panels: () => {
      const all = panels();
      const domain = domainOf(all.flatMap(({ points }) => points));
      return all.map(({ axis, points }) => ({
        title: axes[axis].name,
        draw: (width) =>
          axisPlot({ ...common(sweep, metric(), domain), axis: axes[axis], points, height: SMALL }, width),
      }));
    },
    panelWidth: 260,
    rows: () => [
      ['metric', 'axis', 'value', 'policy', 'mean', 'half_width'],
      ...panels().flatMap(({ axis, points }) =>
        points.map(({ policy, one, value }) => [
          ...[metric().key, axes[axis].name, axes[axis].classes[one], nameOf(sweep)(policy)],
          ...[value.mean, value.halfWidth ?? ''],
        ]),
      ),
    ],
  });
}

/** One axis against the metric, in panels for the values of another, as values or as paired differences to a policy. */
export function axisFigure(sweep: LoadedSweep, { metric }: MetricChoice): Figure {
  const { axes, seeds, policies } = sweep.data;
  const names = axes.map(({ name }) => name);
  return figureWithPickers((redraw) => {
    const first = axes.length > 1 && sweep.policyAxis === 0 ? 1 : 0;
    const over = textPicker('Axis', names, first, redraw);
    const panel = textPicker('One panel for each value of', ['(no axis)', ...names], 0, redraw);
    const shown = textPicker(
      'Show',
      ['values', ...policies.map((name) => `differences to ${name}`)],
      0,
      redraw,
    );
    const table = element('details');
    const isDifference = () => shown.value() > 0;
    const make = () => {
      const by = panel.value() - 1;
      const classes = by < 0 ? [''] : axes[by].classes.slice(0, MOST_PANELS);
      const all = classes.map((title, one) => ({
        title,
        points: by < 0 ? sweep.points : sweep.inClass(sweep.points, by, one),
      }));
      if (isDifference())
        return differencesOver(sweep, metric(), over.value(), {
          panels: all,
          reference: shown.value() - 1,
          hasPoliciesAsPanels: by >= 0 && by === sweep.policyAxis,
        });
      return {
        panels: all.map(({ title, points }) => ({
          title,
          points: valuesOver(sweep, metric(), over.value(), points),
        })),
        comparisons: 0,
      };
    };
    // The caption, the drawing and the table show the same, and simultaneous intervals need resampling.
    let last = { key: '', made: make() };
    const current = () => {
      const key = [metric().key, ...[over, panel, shown].map(({ value }) => value())].join(' ');
      if (last.key !== key) last = { key, made: make() };
      return last.made;
    };
    const panels = () => current().panels;
    const hidden = () => {
      const by = panel.value() - 1;
      return by < 0 ? 0 : Math.max(0, axes[by].classes.length - MOST_PANELS);
    };
    return {
      name: 'axis',
      title: 'One axis against the metric',
      caption: () =>
        [
          isDifference()
            ? `Paired difference of ${metric().key} to ${policies[shown.value() - 1]}, over runs with the same seed and the same values of all other axes.`
            : `Mean of ${metric().key}, over all combinations of the other axes.`,
          directionText(metric()) === '' ? '' : `${capital(directionText(metric()))}.`,
          isDifference()
            ? correctionText(current().comparisons, seeds.length, { hasPanels: panels().length > 1 })
            : intervalsText(seeds.length),
          ...flatText(sweep),
          ...(hidden() > 0 ? [`${hidden()} more values have no panel.`] : []),
        ]
          .filter((text) => text !== '')
          .join(' '),
      legend: () => policyLegend(sweep).filter((_, i) => i !== shown.value() - 1),
      panels: () => {
        const all = panels();
        const domain = domainOf(all.flatMap(({ points }) => points));
        return all.map(({ title, points }) => ({
          title: title === '' ? '' : `${names[panel.value() - 1]}: ${title}`,
          draw: (width) =>
            axisPlot(
              {
                ...common(sweep, metric(), domain),
                axis: axes[over.value()],
                points,
                height: all.length === 1 ? LARGE : SMALL + 30,
                isDifference: isDifference(),
              },
              width,
            ),
        }));
      },
      panelWidth: 300,
      rows: () => [
        [
          ...[
            'metric',
            'panel',
            'axis',
            'value',
            'policy',
            isDifference() ? 'difference' : 'mean',
            'half_width',
          ],
          ...(isDifference() ? ['simultaneous_half_width', 'supported'] : []),
        ],
        ...panels().flatMap(({ title, points }) =>
          points.map(({ policy, one, value, together, isSupported }) => [
            ...[
              metric().key,
              title,
              names[over.value()],
              axes[over.value()].classes[one],
              nameOf(sweep)(policy),
            ],
            ...[value.mean, value.halfWidth ?? ''],
            ...(isDifference()
              ? [together === undefined ? '' : together.high - value.mean, String(isSupported === true)]
              : []),
          ]),
        ),
      ],
      controls: pickerRow(over, ...(axes.length > 1 ? [panel] : []), ...(policies.length > 1 ? [shown] : [])),
      table,
      drawn: () =>
        table.replaceChildren(
          element('summary', {}, 'The numbers of this figure'),
          ...panels().map(({ title, points }) => pointsTable(sweep, over.value(), title, points)),
        ),
    };
  });
}

function pointsTable(
  sweep: LoadedSweep,
  over: number,
  title: string,
  points: readonly AxisPoint[],
): HTMLElement {
  const axis = sweep.data.axes[over];
  const policies = [...new Set(points.map(({ policy }) => policy))];
  const text = (policy: number, one: number) => {
    const found = points.find((point) => point.policy === policy && point.one === one);
    if (found === undefined) return '–';
    return found.isSupported === true ? element('strong', {}, found.text) : found.text;
  };
  return dataTable({
    caption: title === '' ? axis.name : title,
    columns: policies.map(nameOf(sweep)),
    rows: axis.classes.map((name, one) => [name, ...policies.map((policy) => text(policy, one))]),
  });
}

function valuesOver(
  sweep: LoadedSweep,
  metric: SweepMetric,
  axis: number,
  points: readonly number[],
): AxisPoint[] {
  return sweep.data.policies.flatMap((_, policy) => {
    const own = points.filter((point) => sweep.policyOfPoint[point] === policy);
    return sweep.data.axes[axis].classes.flatMap((_class, one) => {
      const value = sweep.mean(metric, sweep.inClass(own, axis, one));
      return value === undefined ? [] : [{ policy, one, value, text: valueText(value, written(metric)) }];
    });
  });
}

interface DifferencePanels {
  readonly panels: readonly { readonly title: string; readonly points: readonly number[] }[];
  readonly reference: number;
  /** Then a panel does not contain the points of the reference. */
  readonly hasPoliciesAsPanels: boolean;
}

/** The differences of all panels, which are one family. */
function differencesOver(
  sweep: LoadedSweep,
  metric: SweepMetric,
  axis: number,
  { panels, reference, hasPoliciesAsPanels }: DifferencePanels,
) {
  const isOf = (policy: number) => (point: number) => sweep.policyOfPoint[point] === policy;
  const compared = panels.flatMap(({ points }, panel) => {
    const ofReference = (hasPoliciesAsPanels ? sweep.points : points).filter(isOf(reference));
    return sweep.data.policies.flatMap((_, policy) =>
      policy === reference
        ? []
        : sweep.data.axes[axis].classes.map((_class, one) => ({
            ...{ panel, policy, one },
            points: sweep.inClass(points.filter(isOf(policy)), axis, one),
            // On the axis of policies, the reference is at its own place only.
            reference: axis === sweep.policyAxis ? ofReference : sweep.inClass(ofReference, axis, one),
          })),
    );
  });
  const { differences, comparisons } = correctedDifferences(sweep, metric, compared);
  const pointOf = ({ compared: { policy, one }, difference }: (typeof differences)[number]): AxisPoint => {
    const { mean, halfWidth, corrected, isSupported } = difference;
    const text =
      halfWidth === undefined
        ? changeText(mean, written(metric))
        : differenceText(difference, written(metric));
    return {
      ...{ policy, one, text, isSupported },
      value: { ...difference, limits: around(mean, halfWidth) },
      together: around(mean, corrected?.halfWidth),
    };
  };
  return {
    panels: panels.map(({ title }, panel) => ({
      title,
      points: differences.filter((one) => one.compared.panel === panel).map(pointOf),
    })),
    comparisons,
  };
}

function around(mean: number, halfWidth: number | undefined): Limits | undefined {
  return halfWidth === undefined ? undefined : { low: mean - halfWidth, high: mean + halfWidth };
}

function common(sweep: LoadedSweep, metric: SweepMetric, domain: readonly [number, number]) {
  return {
    label: metric.key,
    tick: tickText(metric),
    domain,
    ticks: ticksOf(metric, domain, 5),
    nameOf: nameOf(sweep),
    isDifference: false,
  };
}

function nameOf({ data }: LoadedSweep): (policy: number) => string {
  return (policy) => data.policies[policy];
}

/** From the lowest to the highest end of an interval, with some room. */
function domainOf(points: readonly AxisPoint[]): readonly [number, number] {
  if (points.length === 0) return [0, 1];
  const low = Math.min(...points.map(({ value, together }) => (together ?? value.limits)?.low ?? value.mean));
  const high = Math.max(
    ...points.map(({ value, together }) => (together ?? value.limits)?.high ?? value.mean),
  );
  const room = high > low ? 0.04 * (high - low) : Math.abs(high) * 0.05 || 1;
  return [low - room, high + room];
}

function intervalsText(seeds: number): string {
  return seeds > 1
    ? 'Vertical lines are 95 % intervals over the seeds, each for itself.'
    : 'One seed gives no intervals.';
}

/** What the intervals of differences are, and which differences are one family. */
function correctionText(
  comparisons: number,
  seeds: number,
  { hasPanels }: { readonly hasPanels: boolean },
): string {
  if (seeds < 2) return intervalsText(seeds);
  const filled = 'A filled point and a bold number are supported: p is at most 5 %';
  if (comparisons < 2) return `Vertical lines are 95 % intervals over the seeds. ${filled}.`;
  return [
    `Thin vertical lines are 95 % intervals over the seeds that hold for all ${comparisons} differences of this metric in the figure together${hasPanels ? ', over all panels' : ''}.`,
    'Thick lines are the intervals of one difference alone.',
    `${filled} after the correction by Holm.`,
    'The numbers have ± the thin interval, in parentheses the thick one.',
  ].join(' ');
}

/** Says why lines of some policies are level. */
function flatText(sweep: LoadedSweep): string[] {
  const { axes, policies } = sweep.data;
  const texts = axes.flatMap((axis, i) => {
    const without = policies.filter((_, policy) =>
      sweep.ofPolicy(policy).every((point) => sweep.levels[i][point] < 0),
    );
    return without.length === 0
      ? []
      : [`${axis.name} is no axis of ${without.join(', ')}: the line is level.`];
  });
  return texts;
}

function policyLegend({ data: { policies } }: LoadedSweep): LegendItem[] {
  return policies.length < 2 ? [] : policies.map((label, i) => ({ label, line: policyStyle(i) }));
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
