import type { Answer, ReportData } from '../report-data.js';
import { cellContent, policyName } from './comparison-section.js';
import { element } from './element.js';

/** The lead in bold, then the details. */
export function answerText({ lead, details }: Answer): HTMLElement[] {
  if (lead === '') return [];
  return [element('p', { class: 'answer' }, element('strong', {}, lead), ' ', details)];
}

/** A card for each question of the first screen: the answer in a sentence, then the numbers. */
export function verdictCards({ verdicts, policies, reference }: ReportData): HTMLElement {
  return element(
    'div',
    { class: 'cards' },
    ...verdicts.map(({ question, measure, answer, cells }) =>
      element(
        'div',
        { class: 'card', role: 'group', 'aria-label': question },
        element('h3', {}, question),
        element('p', { class: 'measure' }, measure),
        ...answerText(answer),
        element(
          'dl',
          {},
          ...policies.map(({ name }, i) =>
            element(
              'div',
              {},
              element(
                'dt',
                {},
                policyName(name, i),
                ...(i === reference && policies.length > 1 ? [element('small', {}, ' (reference)')] : []),
              ),
              element('dd', {}, ...cellContent(cells[i])),
            ),
          ),
        ),
      ),
    ),
  );
}
