import { ticks } from 'd3';
import type { Written } from '../../../results/metric-text.js';
import type { SweepData, SweepMetric } from '../../sweep/sweep-data.js';
import { element } from '../element.js';
import { secondsText, tickPercent } from '../number-text.js';
import { type Picker, picker } from './choices.js';

/** How numbers of a metric are written. */
export function written({ unit, isRare }: SweepMetric): Written {
  return { unit: unit === '' ? 'ratio' : unit, ...(isRare && { isRare: true }) };
}

/** `lower is better`; empty for a number that only describes a run. */
export function directionText({ better }: SweepMetric): string {
  return better === 'neither' ? '' : `${better} is better`;
}

/** The text of a tick of this metric. */
export function tickText({ unit }: SweepMetric): (value: number) => string {
  if (unit === 's') return secondsText;
  if (unit === 'share' || unit === 'probability') return tickPercent;
  return (value) => String(Number(value.toPrecision(4)));
}

/** Round ticks: times are round in the unit in which they are large. */
export function ticksOf(
  { unit }: SweepMetric,
  [low, high]: readonly [number, number],
  count: number,
): number[] {
  const most = Math.max(Math.abs(low), Math.abs(high));
  const size = unit === 's' ? ([86_400, 3600, 60].find((seconds) => most >= 3 * seconds) ?? 1) : 1;
  return ticks(low / size, high / size, count).map((tick) => tick * size);
}

/** A picker of the metrics that are wanted, those of the short table first. */
export function metricPicker(
  label: string,
  { metrics }: SweepData,
  {
    chosen,
    changed,
    isWanted = () => true,
  }: {
    readonly chosen: number;
    readonly changed: () => void;
    readonly isWanted?: (metric: SweepMetric) => boolean;
  },
): Picker {
  const options = (isShort: boolean) =>
    metrics.flatMap((metric, i) =>
      metric.isShort === isShort && isWanted(metric) ? [[i, metric.key] as const] : [],
    );
  const groups = [
    { heading: 'Headline metrics', options: options(true) },
    { heading: 'All others', options: options(false) },
  ];
  return picker(
    label,
    groups.filter((group) => group.options.length > 0),
    chosen,
    changed,
  );
}

/** The metric of all figures, which the reader picks at the top of the page. */
export interface MetricChoice {
  readonly bar: HTMLElement;
  readonly metric: () => SweepMetric;
}

/** The bar with the picker of the metric. `changed` is called after a change. */
export function metricChoice(data: SweepData, changed: () => void): MetricChoice {
  const about = element('span', { class: 'about' });
  const { element: choice, value } = metricPicker('Metric', data, {
    chosen: 0,
    changed: () => {
      describe();
      changed();
    },
  });
  const metric = () => data.metrics[value()];
  const describe = () => {
    const parts = [metric().about, directionText(metric())].filter((text) => text !== '');
    about.textContent = parts.join('; ');
  };
  describe();
  return {
    bar: element(
      'div',
      { class: 'controls', role: 'toolbar', 'aria-label': 'Metric of all figures' },
      choice,
      about,
    ),
    metric,
  };
}
