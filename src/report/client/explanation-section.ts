import type { ReportData, ShownEntry, ShownHistory } from '../report-data.js';
import { element } from './element.js';

/** So many histories of a run are open at first. */
const MOST_OPEN = 3;

/** The history of each job that was asked for, by run. */
export function explanationSection({ explanations }: ReportData): HTMLElement[] {
  return explanations.flatMap(({ run, jobs, leftOut }) => [
    element('h3', {}, capitalized(run)),
    ...jobs.map((job) => history(job, jobs.length <= MOST_OPEN)),
    ...leftOut.map((sentence) => element('p', { class: 'aside' }, sentence)),
    ...(jobs.length === 0 ? [element('p', { class: 'aside' }, 'None of these jobs was submitted.')] : []),
  ]);
}

function history({ title, facts, entries }: ShownHistory, isOpen: boolean): HTMLElement {
  return element(
    'details',
    { class: 'history', ...(isOpen && { open: '' }) },
    element('summary', {}, title),
    element('p', {}, facts),
    element('dl', {}, ...entries.flatMap(line)),
  );
}

function line({ when, what, details }: ShownEntry): HTMLElement[] {
  return [
    element('dt', {}, when === '' ? '…' : when),
    element(
      'dd',
      {},
      what,
      ...(details.length === 0
        ? []
        : [element('ul', {}, ...details.map((detail) => element('li', {}, detail)))]),
    ),
  ];
}

function capitalized(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
