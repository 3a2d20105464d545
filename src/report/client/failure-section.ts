import type { CommonFault } from '../report-data.js';
import { numbersTable } from './comparison-section.js';
import { element } from './element.js';
import { numberText, secondsText } from './number-text.js';
import { zoomToFault } from './recovery-figure.js';
import type { Drawn } from './time-figures.js';
import { answerText } from './verdict-cards.js';

/** More faults are only in the figure and its CSV. */
const MOST_LISTED = 12;

/** What failed, and how the policies recovered: faults that all runs share with their statistics, and otherwise a list. */
export function failureSummary(drawn: Drawn): HTMLElement[] {
  const { failures } = drawn.data;
  const script =
    failures.script.length === 0
      ? []
      : [
          element(
            'p',
            {},
            'Fault script: ',
            ...failures.script.flatMap((line, i) => [...(i === 0 ? [] : [', ']), element('code', {}, line)]),
          ),
        ];
  return [
    ...script,
    ...(failures.common.length > 0
      ? failures.common.flatMap((fault, i) => commonFault(fault, i + 1, drawn))
      : listedFaults(drawn)),
  ];
}

/** `number`: place of the fault among those of all runs. */
function commonFault(fault: CommonFault, number: number, drawn: Drawn): HTMLElement[] {
  const { at, until, what, detected, returned, answer, measures } = fault;
  const { comparison } = drawn.data;
  const rows = measures.map(({ name, cells }) => ({ name, about: '', better: 'lower' as const, cells }));
  return [
    element(
      'div',
      { class: 'fault' },
      element('h3', {}, `At ${secondsText(at)}: ${what}`),
      element(
        'p',
        {},
        `Detected ${detected}. Machines returned ${returned}. `,
        zoomButton(drawn, at, until, `fault at ${secondsText(at)}`),
      ),
      ...answerText(answer),
      numbersTable(`Recovery from fault ${number}, at ${secondsText(at)}`, comparison, rows),
    ),
  ];
}

/** The faults of the first run, for runs whose faults are random. */
function listedFaults(drawn: Drawn): HTMLElement[] {
  const [policy] = drawn.policies;
  const [run] = policy.runs;
  const { faults, leftOut } = run.faults;
  const size = (i: number) => faults[i].total?.tasks ?? 0;
  const largest = faults
    .map((_, i) => i)
    .sort((a, b) => size(b) - size(a))
    .slice(0, MOST_LISTED)
    .sort((a, b) => a - b);
  const all = faults.length + leftOut;
  return [
    element(
      'p',
      {},
      `Faults are random, so each seed has its own. ${numberText(all)} faults of seed ${run.seed} under ${policy.name}` +
        `${all > largest.length ? `; these stopped most tasks:` : ':'}`,
    ),
    element(
      'ul',
      { class: 'faults' },
      ...largest.map((i) => {
        const { at, machines, causes, total, returned } = faults[i];
        const until = Math.max(returned ?? at, total?.full ?? at);
        return element(
          'li',
          {},
          `At ${secondsText(Math.round(at))}: ${numberText(machines)} ${machines === 1 ? 'machine' : 'machines'} (${causes.join(', ')}), ${numberText(total?.tasks ?? 0)} tasks stopped. `,
          zoomButton(drawn, at, until, `fault at ${secondsText(Math.round(at))}`),
        );
      }),
    ),
  ];
}

function zoomButton(drawn: Drawn, at: number, until: number, what: string): HTMLButtonElement {
  const button = element(
    'button',
    { type: 'button', 'aria-label': `Zoom all time charts to the ${what}` },
    'Zoom to it',
  );
  button.addEventListener('click', () => zoomToFault(drawn, at, until));
  return button;
}
