import type { ForestDifference, ForestRow, ReportData } from '../report-data.js';
import { element, svgElement } from './element.js';
import { type Figure, figure } from './figure.js';
import { policyStyle } from './palette.js';

const HEIGHT = 18;
const MARGIN = 8;
/** Pixels of the drawing; the text beside it takes the rest. */
const WIDEST = 420;
const SHARE = 0.42;

/** The paired differences to the reference with their intervals; undefined without any. */
export function forestFigure({ forest, policies, reference, comparison }: ReportData): Figure | undefined {
  if (forest.length === 0) return undefined;
  const to = policies[reference].name;
  return figure({
    name: 'differences',
    title: `Paired differences to ${to}`,
    caption: () =>
      [
        `Differences of means to ${to} over pairs of runs with the same seed, oriented so that right of the line is better.`,
        'Thick: the 95 % interval of this difference alone. Thin: the interval that holds for all differences of the table together.',
        'A filled point is supported after the correction. Each metric has a scale of its own, so lengths compare within a metric.',
        'The text has the difference as it is: ± the thin interval, in parentheses the thick one.',
        ...(comparison.rows.some(({ name }) => name.startsWith('by'))
          ? ['Single frameworks are in the table.']
          : []),
      ].join(' '),
    legend: () =>
      policies.flatMap(({ name }, i) =>
        i === reference ? [] : [{ label: name, line: { color: policyStyle(i).color, dash: 'none' } }],
      ),
    panels: () => [{ title: '', draw: (width) => forestTable(forest, policies, width) }],
    panelWidth: 0,
    rows: () => [
      [
        'metric',
        'better',
        'policy',
        'reference',
        'difference',
        'half_width',
        'simultaneous_half_width',
        'supported',
      ],
      ...forest.flatMap(({ name, better, differences }) =>
        differences.map(({ policy, mean, alone, together, isSupported }) => [
          ...[name, better, policies[policy].name, to],
          ...[mean, alone, together],
          String(isSupported),
        ]),
      ),
    ],
  });
}

function forestTable(
  forest: readonly ForestRow[],
  policies: ReportData['policies'],
  width: number,
): HTMLElement {
  const plotWidth = Math.min(WIDEST, Math.round(width * SHARE));
  const rows = forest.flatMap(({ name, better, differences }) => {
    const widest = Math.max(...differences.map(({ mean, together }) => Math.abs(mean) + together));
    const sign = better === 'lower' ? -1 : 1;
    return differences.map((difference, i) =>
      element(
        'tr',
        i === 0 ? { class: 'first' } : {},
        ...(i === 0
          ? [
              element(
                'th',
                { scope: 'rowgroup', rowspan: `${differences.length}` },
                element('span', { class: 'in-figure' }, name),
              ),
            ]
          : []),
        element('td', {}, interval(difference, sign / widest, plotWidth)),
        element(
          'td',
          {},
          element('span', { class: 'unseen' }, `${policies[difference.policy].name}: `),
          element(difference.isSupported ? 'strong' : 'span', { class: 'in-figure' }, difference.text),
        ),
      ),
    );
  });
  return element(
    'div',
    { class: 'scrolling', role: 'region', tabindex: '0', 'aria-label': 'Paired differences' },
    element(
      'table',
      { class: 'forest' },
      element(
        'thead',
        {},
        element(
          'tr',
          {},
          element('th', { scope: 'col' }, 'metric'),
          element('th', { scope: 'col' }, element('span', { class: 'in-figure' }, '← worse | better →')),
          element('th', { scope: 'col' }, 'difference'),
        ),
      ),
      element('tbody', {}, ...rows),
    ),
  );
}

/** `scale` maps a difference to -1 to 1. */
function interval(
  { policy, mean, alone, together, isSupported }: ForestDifference,
  scale: number,
  width: number,
): SVGSVGElement {
  const half = width / 2;
  const x = (value: number) => half + value * scale * (half - MARGIN);
  const middle = `${HEIGHT / 2}`;
  const { color } = policyStyle(policy);
  const line = (reach: number, stroke: string) =>
    svgElement('line', {
      x1: `${x(mean - reach)}`,
      x2: `${x(mean + reach)}`,
      y1: middle,
      y2: middle,
      stroke: color,
      'stroke-width': stroke,
    });
  return svgElement(
    'svg',
    { width: `${width}`, height: `${HEIGHT}`, viewBox: `0 0 ${width} ${HEIGHT}`, 'aria-hidden': 'true' },
    svgElement('line', { x1: `${half}`, x2: `${half}`, y1: '0', y2: `${HEIGHT}`, stroke: 'var(--soft)' }),
    line(together, '1.2'),
    line(alone, '4'),
    svgElement('circle', {
      cx: `${x(mean)}`,
      cy: middle,
      r: '4.5',
      fill: isSupported ? color : 'var(--paper)',
      stroke: color,
      'stroke-width': '1.8',
    }),
  );
}
