import type { ReportData } from '../report-data.js';
import { allocationFigure } from './allocation-figure.js';
import { comparisonSection } from './comparison-section.js';
import { dataTable } from './data-table.js';
import { element } from './element.js';
import { fairnessFigure } from './fairness-figure.js';
import type { Figure } from './figure.js';
import { heatFigure } from './heat-figure.js';
import { levelFigure } from './level-figure.js';
import { waitFigure } from './wait-figure.js';

/** The page and its figures. Figures are drawn when their width is known. */
export interface Page {
  readonly main: HTMLElement;
  readonly figures: readonly Figure[];
}

/** All sections of the report, in reading order. */
export function page(data: ReportData): Page {
  const hasSpan = data.policies.some(({ series }) => series.length > 0);
  const figures = hasSpan ? figuresOf(data) : [];
  const main = element(
    'main',
    {},
    header(data),
    section('Comparison', ...comparisonSection(data.comparison)),
    ...(data.tenants.length > 0 ? [section('Tenants', ...data.tenants.map(dataTable))] : []),
    ...(data.operations.length > 0 ? [section('Operations', ...data.operations.map(dataTable))] : []),
    ...(hasSpan ? figureSections(data, figures) : [section('Figures', nothingToDraw())]),
    section('Notes', element('ul', {}, ...data.notes.map((note) => element('li', {}, note)))),
  );
  return { main, figures };
}

function header({ title, facts, parameters }: ReportData): HTMLElement {
  return element(
    'header',
    {},
    element('p', { class: 'kind' }, 'Fairground report'),
    element('h1', {}, title),
    element(
      'dl',
      {},
      ...facts.map(({ term, text }) => element('div', {}, element('dt', {}, term), element('dd', {}, text))),
    ),
    element('details', {}, element('summary', {}, 'Parameters and settings'), ...parameters.map(dataTable)),
  );
}

function figuresOf(data: ReportData): Figure[] {
  return [
    ...data.resources.map((_, resource) => allocationFigure(data, resource)),
    levelFigure(data),
    waitFigure(data),
    heatFigure(data),
    fairnessFigure(data),
  ];
}

function figureSections(data: ReportData, figures: readonly Figure[]): HTMLElement[] {
  const elements = figures.map((figure) => figure.element);
  const [queue, wait, heat, fairness] = elements.splice(data.resources.length);
  return [
    section(
      'Allocation and utilization',
      aside('Allocation: the resources given to tasks. Utilization: the resources that tasks really used.'),
      ...firstSeed(data),
      ...elements,
    ),
    section('Queue and running tasks', ...firstSeed(data), queue),
    section('Waits', wait),
    section('Machines', ...firstSeed(data), heat),
    section('Fairness', fairness),
  ];
}

function section(heading: string, ...content: readonly HTMLElement[]): HTMLElement {
  return element('section', {}, element('h2', {}, heading), ...content);
}

function aside(text: string): HTMLElement {
  return element('p', { class: 'aside' }, text);
}

/** A note for several seeds: a chart shows only one. */
function firstSeed({ policies }: ReportData): HTMLElement[] {
  if (policies.every(({ seeds }) => seeds.length === 1)) return [];
  const seeds = [...new Set(policies.map(({ seeds }) => seeds[0]))];
  return [aside(`The charts show seed ${seeds.join(', ')}, the first seed of each policy.`)];
}

function nothingToDraw(): HTMLElement {
  return aside('The run has length 0, so there are no charts.');
}
