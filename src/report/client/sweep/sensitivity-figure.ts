import * as Plot from '@observablehq/plot';
import type { ExplainedShare } from '../../sweep/sweep-data.js';
import { type Figure, figure } from '../figure.js';
import { percentText, tickPercent } from '../number-text.js';
import { drawn, plotOptions } from '../plot-options.js';
import type { LoadedSweep } from './loaded-sweep.js';
import type { MetricChoice } from './metric-choice.js';

const ROW = 30;
const WIDEST = 900;

interface Bar extends ExplainedShare {
  readonly name: string;
}

/** The axes in the order of the variance that each explains. */
export function sensitivityFigure({ data }: LoadedSweep, { metric }: MetricChoice): Figure {
  const bars = (): Bar[] =>
    metric()
      .shares.flatMap((share, i) => (share === null ? [] : [{ name: data.axes[i].name, ...share }]))
      .sort((a, b) => b.mean - a.mean);
  const unknown = () => data.axes.filter((_, i) => metric().shares[i] === null).map(({ name }) => name);
  return figure({
    name: 'sensitivity',
    title: 'How much of the variance each axis explains',
    caption: () =>
      [
        `First-order share of each axis in the variance of ${metric().key}: under one seed, the variance of the means at the values of the axis, divided by the variance over all runs (the correlation ratio η², in a full grid Sobol’s first-order index).`,
        ...(data.seeds.length > 1 ? ['Bars are means over the seeds, lines 95 % intervals.'] : []),
        'What is missing to 100 % are effects of several axes together, and chance.',
        'An axis of some policies only is ranked among their runs.',
        ...(unknown().length > 0
          ? [`Not computed, because there is too little to compare: ${unknown().join(', ')}.`]
          : []),
      ].join(' '),
    legend: () => [
      { label: 'expected of an axis without effect', line: { color: 'var(--ink)', dash: '3 2' } },
    ],
    panels: () => [{ title: '', draw: (width) => barPlot(bars(), metric().key, Math.min(width, WIDEST)) }],
    panelWidth: 0,
    rows: () => [
      ['metric', 'axis', 'share', 'half_width', 'share_by_chance'],
      ...bars().map(({ name, mean, halfWidth, byChance }) => [
        metric().key,
        name,
        mean,
        halfWidth ?? '',
        byChance,
      ]),
    ],
  });
}

function barPlot(bars: readonly Bar[], key: string, width: number): Element {
  const longest = Math.min(24, Math.max(4, ...bars.map(({ name }) => name.length)));
  const text = ({ mean, halfWidth }: Bar) =>
    halfWidth === null ? percentText(mean) : `${(100 * mean).toFixed(1)} ± ${(100 * halfWidth).toFixed(1)} %`;
  return drawn({
    ...plotOptions(
      `share of the variance of ${key} by axis: ${bars.map((bar) => `${bar.name} ${text(bar)}`).join(', ')}`,
      width,
      bars.length * ROW + 46,
    ),
    marginLeft: Math.min(width / 3, 20 + longest * 6.6),
    marginRight: 96,
    marginTop: 4,
    x: {
      domain: [0, 1],
      ticks: 5,
      tickFormat: tickPercent,
      grid: true,
      label: 'share of the variance',
      labelAnchor: 'center',
      labelArrow: 'none',
    },
    y: {
      domain: bars.map(({ name }) => name),
      label: null,
      padding: 0.35,
      tickFormat: (name: string) => shortened(name),
    },
    marks: [
      Plot.barX(bars, { y: 'name', x: 'mean', fill: 'var(--accent)', fillOpacity: 0.45 }),
      Plot.ruleY(
        bars.filter(({ halfWidth }) => halfWidth !== null),
        {
          y: 'name',
          x1: ({ mean, halfWidth }: Bar) => Math.max(0, mean - (halfWidth ?? 0)),
          x2: ({ mean, halfWidth }: Bar) => Math.min(1, mean + (halfWidth ?? 0)),
          stroke: 'currentColor',
          strokeWidth: 1.5,
        },
      ),
      Plot.tickX(bars, {
        y: 'name',
        x: 'byChance',
        stroke: 'var(--ink)',
        strokeWidth: 1.5,
        strokeDasharray: '3 2',
      }),
      Plot.text(bars, {
        y: 'name',
        x: ({ mean, halfWidth, byChance }: Bar) => Math.min(1, Math.max(byChance, mean + (halfWidth ?? 0))),
        text,
        textAnchor: 'start',
        dx: 6,
      }),
      Plot.ruleX([0]),
    ],
  }).svg;
}

/** The text of a tick that has room for so many characters. */
export function shortened(text: string, most = 24): string {
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`;
}
