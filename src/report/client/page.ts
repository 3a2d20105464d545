import type { ReportData } from '../report-data.js';
import { allocationFigure, constantText } from './allocation-figure.js';
import { comparisonSection } from './comparison-section.js';
import { dataTable } from './data-table.js';
import { distributionFigure } from './distribution-figure.js';
import { element } from './element.js';
import { explanationSection } from './explanation-section.js';
import { failureSummary } from './failure-section.js';
import { fairnessFigure } from './fairness-figure.js';
import type { Figure } from './figure.js';
import { forestFigure } from './forest-figure.js';
import { ganttFigure } from './gantt-figure.js';
import { heatFigure } from './heat-figure.js';
import { loadSchedule } from './loaded-schedule.js';
import { measuresOf } from './measures.js';
import { type Anchor, contents, pageHeader } from './page-header.js';
import { qqFigure } from './qq-figure.js';
import { recoveryFigure } from './recovery-figure.js';
import { loadPolicies } from './series.js';
import { availabilityFigures, dominantShareFigures, furtherFigures, queueFigure } from './series-figures.js';
import { timeControls } from './time-controls.js';
import { type Drawn, runningFigure, utilizationFigure } from './time-figures.js';
import { TimeView } from './time-view.js';
import { verdictCards } from './verdict-cards.js';

/** The page and its figures. Figures are drawn when their width is known. */
export interface Page {
  readonly elements: readonly HTMLElement[];
  readonly main: HTMLElement;
  /** Figures that change with the zoom, the seed and the scheme, and the others. */
  readonly timeFigures: readonly Figure[];
  readonly otherFigures: readonly Figure[];
  readonly view: TimeView;
}

/** Where the page has every attempt of tasks, its charts zoom to this part of a run. */
const FINEST = 50_000;

interface Section extends Anchor {
  readonly content: readonly (HTMLElement | Figure)[];
}

/** All sections of the report, in reading order. `recolored` is called after a change of the scheme. */
export function page(data: ReportData, recolored: () => void): Page {
  const policies = loadPolicies(data);
  const runs = policies.flatMap((policy) => policy.runs);
  const length = Math.max(...runs.map((run) => run.length));
  const schedule = length > 0 ? loadSchedule(data) : undefined;
  const step = Math.min(...runs.map(({ binSeconds }) => binSeconds));
  const view = new TimeView(length, schedule === undefined ? step : Math.min(step, length / FINEST));
  const drawn: Drawn = { data, policies, view };
  const timeFigures: Figure[] = [];
  const otherFigures: Figure[] = [];
  const timed = (figure: Figure) => {
    timeFigures.push(figure);
    return figure;
  };
  const other = (figure: Figure | undefined) => {
    if (figure === undefined) return [];
    otherFigures.push(figure);
    return [figure];
  };
  const hasAttempts = schedule?.policies.some(({ count }) => count > 0) === true;
  const gantt = schedule && hasAttempts ? ganttFigure(drawn, schedule) : undefined;
  const measures = measuresOf(data);
  const further = furtherFigures(drawn);
  const hasFaults = runs.some(({ faults }) => faults.faults.length > 0);
  const timeSections = (): Section[] => [
    ...(hasFaults
      ? [
          {
            id: 'failures',
            heading: 'Failures and recovery',
            content: [
              ...failureSummary(drawn),
              timed(recoveryFigure(drawn)),
              ...availabilityFigures(drawn).map(timed),
            ],
          },
        ]
      : []),
    {
      id: 'time',
      heading: 'Allocation over time',
      content: [
        aside(
          'Allocation: the resources given to tasks. Utilization: the resources that tasks really used. Drag over a chart to zoom; a double click shows the whole run.',
        ),
        ...data.resources.map((_, resource) => {
          const constant = constantText(drawn, resource);
          return constant === undefined ? timed(allocationFigure(drawn, resource)) : aside(constant);
        }),
      ],
    },
    {
      id: 'queue',
      heading: 'Queue and running tasks',
      content: [queueFigure(drawn), runningFigure(drawn)].map(timed),
    },
    ...(further.length === 0
      ? []
      : [{ id: 'further', heading: 'Offers, fragmentation and cost', content: further.map(timed) }]),
    {
      id: 'machines',
      heading: 'Machines',
      content: [timed(heatFigure(drawn, gantt && schedule && { schedule, showMachine: gantt.showMachine }))],
    },
    ...(gantt === undefined ? [] : [{ id: 'jobs', heading: 'Jobs', content: [timed(gantt)] }]),
    {
      id: 'waits',
      heading: 'Waits and slowdowns',
      content: [...other(distributionFigure(data, measures)), ...other(qqFigure(data, measures))],
    },
    {
      id: 'fairness',
      heading: 'Fairness',
      content: [...other(fairnessFigure(data)), ...dominantShareFigures(drawn).map(timed)],
    },
  ];
  const sections: Section[] = [
    {
      id: 'verdict',
      heading: 'Verdict',
      content: [
        ...(data.verdicts.length > 0 ? [verdictCards(data)] : []),
        ...other(forestFigure(data)),
        ...(length > 0 ? [timed(utilizationFigure(drawn))] : []),
      ],
    },
    { id: 'numbers', heading: 'All numbers', content: comparisonSection(data.comparison) },
    ...(length > 0
      ? timeSections()
      : [
          {
            id: 'time',
            heading: 'Figures',
            content: [aside('The run has length 0, so there are no charts.')],
          },
        ]),
    ...(data.tenants.length > 0
      ? [{ id: 'tenants', heading: 'Tenants', content: data.tenants.map(dataTable) }]
      : []),
    ...(data.operations.length > 0
      ? [{ id: 'operations', heading: 'Operations', content: data.operations.map(dataTable) }]
      : []),
    ...(data.explanations.length > 0
      ? [{ id: 'explanations', heading: 'Why jobs waited', content: explanationSection(data) }]
      : []),
    {
      id: 'notes',
      heading: 'Notes',
      content: [element('ul', {}, ...data.notes.map((note) => element('li', {}, note)))],
    },
    { id: 'parameters', heading: 'Parameters and settings', content: [parameterDetails(data)] },
  ];
  const main = element(
    'main',
    { id: 'main', tabindex: '-1' },
    ...(length > 0 ? [timeControls(drawn)] : []),
    ...sections.map(sectionElement),
  );
  return {
    elements: [
      element('a', { class: 'skip', href: '#main' }, 'Skip to the results'),
      pageHeader(data, recolored),
      contents(sections),
      main,
    ],
    main,
    timeFigures,
    otherFigures,
    view,
  };
}

function parameterDetails({ parameters }: ReportData): HTMLElement {
  return element('details', {}, element('summary', {}, 'All parameters'), ...parameters.map(dataTable));
}

function sectionElement({ id, heading, content }: Section): HTMLElement {
  return element(
    'section',
    { id, 'aria-labelledby': `${id}-heading` },
    element('h2', { id: `${id}-heading` }, heading),
    ...content.map((part) => ('draw' in part ? part.element : part)),
  );
}

function aside(text: string): HTMLElement {
  return element('p', { class: 'aside' }, text);
}
