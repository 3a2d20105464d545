import * as Plot from '@observablehq/plot';
import type { ReportData } from '../report-data.js';
import { type Curve, quantileOf } from './distribution-curve.js';
import { element } from './element.js';
import { type Figure, figure } from './figure.js';
import { type AxisUnit, logAxis, roundBelow } from './log-axis.js';
import { type Measure, picker } from './measures.js';
import { numberText, percentText, secondsText } from './number-text.js';
import { policyStyle } from './palette.js';
import { drawn, labelled, plotOptions } from './plot-options.js';
import { sentences } from './time-figures.js';

const HEIGHT = 340;
const MARGIN_LEFT = 64;
const MARGIN_RIGHT = 24;
const WIDEST = 520;

/** The quantiles that are compared: every percent, and finer ones at the end. */
const SHARES = [...Array.from({ length: 99 }, (_, i) => (i + 1) / 100), 0.995, 0.999, 0.9999];
const LABELLED = [0.5, 0.9, 0.99, 0.999];

/** A quantile under two policies. */
interface Pair {
  readonly share: number;
  readonly x: number;
  readonly y: number;
}

/** The quantiles of one policy over those of another. Undefined with one policy. */
export function qqFigure(
  { policies, reference }: ReportData,
  measures: readonly Measure[],
): Figure | undefined {
  if (policies.length < 2) return undefined;
  const names = policies.map(({ name }) => name);
  let width = 0;
  const redraw = () => made.draw(width);
  const measured = picker(
    'Measure',
    measures.map(({ label }) => label),
    redraw,
  );
  const across = picker('Horizontal', names, redraw);
  const up = picker('Vertical', names, redraw);
  across.select.value = `${reference}`;
  up.select.value = `${reference === 0 ? 1 : 0}`;
  const measure = () => measures[Number(measured.select.value)];
  const chosen = () => [Number(across.select.value), Number(up.select.value)] as const;
  const all = () => {
    const { curves } = measure().groups[0];
    const [x, y] = chosen();
    return pairsOf(curves[x], curves[y]);
  };
  const shown = () => all().filter(({ x, y }) => x > 0 && y > 0);
  const made = figure({
    name: 'quantiles',
    title: 'Quantiles of two policies',
    caption: () => {
      const hidden = all().length - shown().length;
      return sentences(
        `Each point is a quantile of the ${measure().label}, from 1 % to 99.99 %, under both policies (QQ plot); both axes are logarithmic.`,
        'On the line, the quantiles are equal; below it, the policy on the vertical axis has smaller values.',
        hidden > 0
          ? `${numberText(hidden)} of ${all().length} quantiles are 0 under one of them, which the axes cannot show.`
          : '',
        policies.some(({ seeds }) => seeds.length > 1) ? 'All seeds are combined.' : '',
      );
    },
    legend: () => [
      { label: names[chosen()[1]], line: policyStyle(chosen()[1]) },
      { label: 'equal quantiles', line: { color: 'var(--soft)', dash: 'none' } },
    ],
    panels: () => [
      {
        title: '',
        draw: (panelWidth) =>
          qqPlot(
            shown(),
            measure(),
            [names[chosen()[0]], names[chosen()[1]]],
            chosen()[1],
            Math.min(WIDEST, panelWidth),
          ),
      },
    ],
    panelWidth: 0,
    rows: () => [
      ['measure', 'quantile', ...chosen().map((place) => names[place])],
      ...all().map(({ share, x, y }) => [measure().label, share, x, y]),
    ],
    controls: element('div', { class: 'choice row-choice' }, measured.element, across.element, up.element),
  });
  return {
    element: made.element,
    draw: (newWidth) => {
      width = newWidth;
      made.draw(width);
    },
  };
}

function pairsOf(across: Curve, up: Curve): Pair[] {
  return SHARES.flatMap((share) => {
    const [x, y] = [quantileOf(across, share), quantileOf(up, share)];
    return x === undefined || y === undefined ? [] : [{ share, x, y }];
  });
}

function qqPlot(
  pairs: readonly Pair[],
  { label, unit }: Measure,
  [across, up]: readonly [string, string],
  place: number,
  width: number,
): Element {
  const options = plotOptions(
    `Quantiles of the ${label} under ${up} over those under ${across}`,
    width,
    HEIGHT,
  );
  if (pairs.length === 0)
    return drawn({
      ...options,
      marks: [
        Plot.text(['No quantile is above 0 under both policies.'], { frameAnchor: 'middle', fontSize: 13 }),
        Plot.frame({ stroke: 'var(--rule)' }),
      ],
    }).svg;
  const values = pairs.flatMap(({ x, y }) => [x, y]);
  const first = Math.log10(roundBelow(Math.min(...values), unit));
  const last = Math.log10(Math.max(...values)) + 0.1;
  const points = pairs.map(({ share, x, y }) => ({ share, x: Math.log10(x), y: Math.log10(y) }));
  const text = (value: number) => valueText(10 ** value, unit);
  return drawn({
    ...options,
    marginLeft: MARGIN_LEFT,
    marginRight: MARGIN_RIGHT,
    x: {
      ...logAxis([first, last], unit, width - MARGIN_LEFT - MARGIN_RIGHT),
      grid: true,
      label: `${across}: ${label}`,
      labelAnchor: 'center',
      labelArrow: 'none',
    },
    y: { ...logAxis([first, last], unit, HEIGHT), grid: true, ...labelled(`${up}: ${label}`) },
    marks: [
      Plot.line(
        [
          [first, first],
          [last, last],
        ],
        { stroke: 'var(--soft)' },
      ),
      Plot.dot(points, { x: 'x', y: 'y', r: 2.5, fill: policyStyle(place).color }),
      Plot.text(
        points.filter(({ share }) => LABELLED.includes(share)),
        {
          x: 'x',
          y: 'y',
          text: ({ share }) => percentText(share),
          dx: 7,
          dy: 9,
          textAnchor: 'start',
          fontSize: 10,
        },
      ),
      Plot.tip(
        points,
        Plot.pointer({
          x: 'x',
          y: 'y',
          title: ({ share, x, y }) =>
            `${percentText(share)}: ${text(x)} under ${across}, ${text(y)} under ${up}`,
        }),
      ),
    ],
  }).svg;
}

function valueText(value: number, unit: AxisUnit): string {
  return unit === 's' ? secondsText(value) : numberText(value);
}
