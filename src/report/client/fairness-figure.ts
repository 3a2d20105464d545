import * as Plot from '@observablehq/plot';
import type { ReportData } from '../report-data.js';
import { type Figure, figure } from './figure.js';
import { percentText, tickPercent } from './number-text.js';
import { policyStyle } from './palette.js';
import { drawn, plotOptions } from './plot-options.js';

const WIDEST = 760;
const BAR = 11;
const LONGEST_LABEL = 20;
const PIXELS_PER_CHARACTER = 6.5;

interface Bar {
  readonly framework: number;
  readonly policy: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** Dominant share of each framework, by policy. */
export function fairnessFigure(data: ReportData): Figure {
  const { policies, frameworks } = data;
  const isGrouped = frameworks.some(({ isSingle }) => !isSingle);
  const hasIntervals = policies.some(({ seeds }) => seeds.length > 1);
  return figure({
    name: 'dominant-share',
    title: 'Fairness: mean dominant share of each framework',
    caption: () =>
      [
        'Mean dominant share of each framework over the run: its largest share of any resource of the cluster.',
        ...(hasIntervals ? ['Means over the seeds, with 95 % confidence intervals.'] : []),
        ...(isGrouped ? ['Frameworks with smaller shares are not shown.'] : []),
      ].join(' '),
    legend: () => policies.map(({ name }, i) => ({ label: name, fill: policyStyle(i).color })),
    panels: () => [{ title: '', draw: (width) => fairnessPlot(data, Math.min(width, WIDEST)) }],
    panelWidth: 0,
    rows: () => [
      ['policy', 'framework', 'mean_dominant_share', 'half_width'],
      ...policies.flatMap(({ name, dominantShares }) =>
        dominantShares.flatMap((share, i) =>
          share === null ? [] : [[name, frameworks[i].label, share.mean, share.halfWidth ?? '']],
        ),
      ),
    ],
  });
}

function fairnessPlot({ policies, frameworks }: ReportData, width: number): Element {
  const bars = policies.flatMap(({ dominantShares }, policy) =>
    dominantShares.flatMap((share, framework): Bar[] =>
      share === null
        ? []
        : [
            {
              framework,
              policy,
              mean: share.mean,
              low: share.mean - (share.halfWidth ?? 0),
              high: share.mean + (share.halfWidth ?? 0),
            },
          ],
    ),
  );
  const shown = [...new Set(bars.map(({ framework }) => framework))];
  const label = (framework: number) => shortened(frameworks[framework].label);
  const longest = Math.max(0, ...shown.map((framework) => label(framework).length));
  return drawn({
    ...plotOptions(
      'mean dominant share of each framework, by policy',
      width,
      44 + shown.length * (policies.length * BAR + 10),
    ),
    marginLeft: 16 + longest * PIXELS_PER_CHARACTER,
    marginRight: 56,
    marginTop: 4,
    x: {
      domain: [0, Math.max(0.01, ...bars.map(({ high }) => high))],
      nice: true,
      ticks: 5,
      tickFormat: tickPercent,
      label: 'mean dominant share of the cluster',
      labelAnchor: 'center',
      labelArrow: 'none',
      grid: true,
    },
    y: { axis: null, domain: policies.map((_, i) => i), padding: 0.12 },
    fy: { domain: shown, tickFormat: label, label: null, padding: 0.14 },
    marks: [
      Plot.barX(bars, {
        fy: 'framework',
        y: 'policy',
        x: 'mean',
        fill: ({ policy }: Bar) => policyStyle(policy).color,
      }),
      Plot.ruleY(
        bars.filter(({ low, high }) => low < high),
        { fy: 'framework', y: 'policy', x1: 'low', x2: 'high', stroke: 'currentColor' },
      ),
      Plot.text(bars, {
        fy: 'framework',
        y: 'policy',
        x: 'high',
        text: ({ mean }: Bar) => percentText(mean),
        textAnchor: 'start',
        dx: 4,
        fontSize: 10,
      }),
      Plot.ruleX([0]),
    ],
  }).svg;
}

function shortened(label: string): string {
  const characters = [...label];
  return characters.length <= LONGEST_LABEL ? label : `${characters.slice(0, LONGEST_LABEL - 1).join('')}…`;
}
