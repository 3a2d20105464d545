import type { SweepData } from '../../sweep/sweep-data.js';
import { element } from '../element.js';
import type { Figure } from '../figure.js';
import { contents, pageHeader } from '../page-header.js';
import { axisFigure, effectsFigure } from './axis-figures.js';
import { combinations } from './combinations.js';
import { LoadedSweep } from './loaded-sweep.js';
import { metricChoice } from './metric-choice.js';
import { pairsFigure } from './pairs-figure.js';
import { parallelFigure } from './parallel-figure.js';
import { paretoFigure, type TradeOff } from './pareto-figure.js';
import { RangeSelection } from './range-selection.js';
import { sensitivityFigure } from './sensitivity-figure.js';

/** The page of a sweep. Its figures are drawn when their width is known, and again after a change of the metric. */
export interface SweepPage {
  readonly elements: readonly HTMLElement[];
  readonly main: HTMLElement;
  readonly figures: readonly Figure[];
}

interface Section {
  readonly id: string;
  readonly heading: string;
  readonly figures: readonly Figure[];
}

/** All sections in reading order. `redraw` draws all figures again, after a change of the metric or of the scheme. */
export function sweepPage(data: SweepData, redraw: () => void): SweepPage {
  const sweep = new LoadedSweep(data);
  const hasFigures = data.metrics.length > 0 && data.axes.length > 0;
  const sections = hasFigures ? sectionsOf(sweep, redraw) : { bar: [], sections: [] };
  const notes = element('ul', {}, ...data.notes.map((note) => element('li', {}, note)));
  const anchors = [...sections.sections, { id: 'notes', heading: 'Notes' }];
  const main = element(
    'main',
    { id: 'main', tabindex: '-1' },
    ...sections.bar,
    ...(hasFigures
      ? []
      : [
          element(
            'p',
            {},
            data.axes.length === 0
              ? 'The sweep has one combination, so there are no figures.'
              : 'All runs have the same numbers, so there are no figures.',
          ),
        ]),
    ...sections.sections.map(({ id, heading, figures }) =>
      section(
        id,
        heading,
        figures.map((one) => one.element),
      ),
    ),
    section('notes', 'Notes', [notes]),
  );
  return {
    elements: [
      element('a', { class: 'skip', href: '#main' }, 'Skip to the results'),
      pageHeader(data, redraw),
      contents(anchors),
      main,
    ],
    main,
    figures: sections.sections.flatMap(({ figures }) => figures),
  };
}

function sectionsOf(
  sweep: LoadedSweep,
  redraw: () => void,
): { readonly bar: readonly HTMLElement[]; readonly sections: readonly Section[] } {
  const choice = metricChoice(sweep.data, redraw);
  const selection = new RangeSelection(sweep, choice.metric);
  const pairs = pairsFigure(sweep, choice);
  const tradeOffs = tradeOffsOf(sweep);
  return {
    bar: [choice.bar],
    sections: [
      { id: 'sensitivity', heading: 'Which axes matter', figures: [sensitivityFigure(sweep, choice)] },
      {
        id: 'effects',
        heading: 'Each axis',
        figures: [effectsFigure(sweep, choice), axisFigure(sweep, choice)],
      },
      ...(pairs === undefined ? [] : [{ id: 'pairs', heading: 'Two axes', figures: [pairs] }]),
      { id: 'all-axes', heading: 'All axes', figures: [parallelFigure(sweep, choice, selection)] },
      ...(tradeOffs.length === 0
        ? []
        : [
            {
              id: 'trade-offs',
              heading: 'Trade-offs',
              figures: tradeOffs.map((one) => paretoFigure(sweep, one)),
            },
          ]),
      { id: 'combinations', heading: 'Combinations', figures: [combinations(sweep, choice, selection)] },
    ],
  };
}

/** Utilization against waits, and cost against availability where the runs have them. */
function tradeOffsOf({ data: { metrics } }: LoadedSweep): TradeOff[] {
  const directed = metrics.flatMap(({ better }, i) => (better === 'neither' ? [] : [i]));
  const find = (...patterns: readonly RegExp[]) =>
    patterns
      .map((pattern) => directed.find((i) => pattern.test(metrics[i].key)))
      .find((found) => found !== undefined);
  const utilization = find(/^utilization\.cpus\.used\.mean$/, /^utilization\..*\.mean$/) ?? directed[0];
  const wait = find(/^wait\.p95$/, /wait\.p95$/i, /wait/i) ?? directed[1];
  const cost = find(/^cost\.perMonth$/, /^cost\./);
  const availability = find(/unavailability$/, /nines$/);
  return [
    ...(utilization === undefined || wait === undefined
      ? []
      : [{ name: 'trade-off', title: 'The trade-off of two metrics', across: utilization, up: wait }]),
    ...(cost === undefined || availability === undefined
      ? []
      : [{ name: 'cost', title: 'Cost against availability', across: cost, up: availability }]),
  ];
}

function section(id: string, heading: string, content: readonly HTMLElement[]): HTMLElement {
  return element(
    'section',
    { id, 'aria-labelledby': `${id}-heading` },
    element('h2', { id: `${id}-heading` }, heading),
    ...content,
  );
}
