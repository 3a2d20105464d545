import { PERCENTILES } from '../distribution-form.js';
import { type ReportData, WAIT_LIMITS } from '../report-data.js';
import { dataTable } from './data-table.js';
import { type CurveKind, distributionPlot } from './distribution-plot.js';
import { element } from './element.js';
import { type Figure, figure } from './figure.js';
import { type Measure, type MeasureGroup, picker } from './measures.js';
import { numberText, percentText, secondsText } from './number-text.js';
import { policyStyle } from './palette.js';
import { sentences } from './time-figures.js';

const HEIGHT = 300;
const GROUP_HEIGHT = 210;
const GROUP_WIDTH = 280;

const SPLITS: readonly { readonly kind: MeasureGroup['kind']; readonly label: string }[] = [
  { kind: 'all', label: 'nothing' },
  { kind: 'framework', label: 'framework' },
  { kind: 'size', label: 'size of the job' },
  { kind: 'user', label: 'user' },
];

const KINDS: readonly { readonly kind: CurveKind; readonly label: string }[] = [
  { kind: 'longer', label: 'share above (complementary CDF)' },
  { kind: 'at-most', label: 'share at or below (CDF)' },
];

/** Distributions of waits, responses and slowdowns: of all jobs, or a panel for each framework, size or user. */
export function distributionFigure(data: ReportData, measures: readonly Measure[]): Figure {
  const names = data.policies.map(({ name }) => name);
  const table = element('div');
  let width = 0;
  const redraw = () => draw(width);
  const measured = picker(
    'Measure',
    measures.map(({ label }) => label),
    redraw,
  );
  const split = picker(
    'Split by',
    SPLITS.map(({ label }) => label),
    redraw,
  );
  const kind = picker(
    'Curve',
    KINDS.map(({ label }) => label),
    redraw,
  );
  const measure = () => measures[Number(measured.select.value)];
  const curveKind = () => KINDS[Number(kind.select.value)].kind;
  const has = (place: number) => measure().groups.some((group) => group.kind === SPLITS[place].kind);
  const groups = () =>
    measure().groups.filter((group) => group.kind === SPLITS[Number(split.select.value)].kind);
  const drawn = figure({
    name: 'distributions',
    title: 'Distributions of waits, responses and slowdowns',
    caption: () => captionOf(data, measure(), curveKind()),
    legend: () =>
      names.map((name, i) => ({ label: `${name}${zeroText(measure(), i)}`, line: policyStyle(i) })),
    panels: () =>
      groups().map(({ label, curves }) => ({
        title: groups().length === 1 ? '' : label,
        draw: (panelWidth) => {
          const { label: what, unit, noun } = measure();
          const height = groups().length === 1 ? HEIGHT : GROUP_HEIGHT;
          return distributionPlot(
            { measure: what, unit, noun, kind: curveKind(), names, curves, height },
            panelWidth,
          );
        },
      })),
    panelWidth: GROUP_WIDTH,
    rows: () => [
      ['measure', 'group', 'policy', measure().unit === 's' ? 'seconds' : 'ratio', 'share_above'],
      ...groups().flatMap(({ label, curves }) =>
        curves.flatMap(({ corners }, i) =>
          corners.map(({ value, share }) => [measure().label, label, names[i], value, share]),
        ),
      ),
    ],
    controls: element('div', { class: 'choice row-choice' }, measured.element, split.element, kind.element),
    table,
  });
  function draw(newWidth: number): void {
    width = newWidth;
    for (const [place, option] of [...split.select.options].entries()) option.disabled = !has(place);
    if (!has(Number(split.select.value))) split.select.value = '0';
    drawn.draw(width);
    table.replaceChildren(
      measure().noun === 'tasks' ? limitTable(names, groups()) : percentileTable(data, measure(), groups()),
    );
  }
  return { element: drawn.element, draw };
}

function captionOf({ policies }: ReportData, { about, noun, unit }: Measure, kind: CurveKind): string {
  const hasPending = policies.some(({ pendingAtEnd }) => pendingAtEnd > 0);
  return sentences(
    about,
    kind === 'longer'
      ? `A curve is the share of the ${noun} above a value (complementary distribution); both axes are logarithmic.`
      : `A curve is the share of the ${noun} at or below a value; the axis of values is logarithmic.`,
    unit === 's' ? 'A logarithmic axis cannot show 0 s: the legend gives its share.' : '',
    policies.some(({ seeds }) => seeds.length > 1)
      ? 'All seeds are combined; percentiles are means over the seeds with 95 % intervals.'
      : '',
    hasPending ? `${noun === 'tasks' ? 'Tasks' : 'Jobs'} that never started are excluded.` : '',
  );
}

function zeroText({ groups, unit, noun }: Measure, policy: number): string {
  const { count, zero } = groups[0].curves[policy];
  if (count === 0) return ` (no ${noun})`;
  return unit === 's' ? ` (${percentText(zero / count)} at 0 s)` : '';
}

/** The name of a row: the policy, and the group if there are several. */
function rowName(
  names: readonly string[],
  groups: readonly MeasureGroup[],
  label: string,
  policy: number,
): string {
  return groups.length === 1 ? names[policy] : `${label}: ${names[policy]}`;
}

/** Percentiles, each as a mean over the seeds with its interval. */
function percentileTable(
  { policies }: ReportData,
  { label: what, unit }: Measure,
  groups: readonly MeasureGroup[],
): HTMLElement {
  const names = policies.map(({ name }) => name);
  return dataTable({
    caption: `Percentiles: ${what}`,
    columns: [
      'jobs',
      ...(unit === 's' ? ['at 0 s'] : []),
      ...PERCENTILES.map((q) => (q === 1 ? 'largest' : `p${Math.round(100 * q)}`)),
    ],
    rows: groups.flatMap(({ label, bars, curves }) =>
      bars.map((one, policy) => {
        const { count, zero } = curves[policy];
        return [
          rowName(names, groups, label, policy),
          numberText(count),
          ...(unit === 's' ? [count === 0 ? '–' : percentText(zero / count)] : []),
          ...(one?.percentiles ?? PERCENTILES.map(() => '–')),
        ];
      }),
    ),
  });
}

/** The tasks that waited 0 s, which a logarithmic axis cannot show, and those that waited longer than round times. */
function limitTable(names: readonly string[], groups: readonly MeasureGroup[]): HTMLElement {
  return dataTable({
    caption: 'Tasks by wait',
    columns: ['tasks started', 'waited 0 s', ...WAIT_LIMITS.map((limit) => `over ${secondsText(limit)}`)],
    rows: groups.flatMap(({ label, curves, longer }) =>
      curves.map(({ count, zero }, policy) => {
        const share = (some: number) => (count === 0 ? '–' : percentText(some / count));
        return [
          rowName(names, groups, label, policy),
          numberText(count),
          share(zero),
          ...(longer[policy].length === 0 ? WAIT_LIMITS.map(() => '–') : longer[policy].map(share)),
        ];
      }),
    ),
  });
}
