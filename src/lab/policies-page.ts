import { type Parameter, parameterText } from '../model/index.js';
import { PLACEMENTS } from '../policies/placement/index.js';
import { POLICIES } from '../policies/registry.js';
import type { PolicyDocs } from './policy-docs.js';

/** `docs/policies.md`: what the author of each policy and placement says of it, with its parameters, in Markdown. */
export function policiesPage(docs: PolicyDocs): string {
  const sections = [
    '# Policies',
    'Made from the doc comments of src/policies when Fairground is built. How to write one: [writing-policies.md](writing-policies.md).',
    ...POLICIES.map(({ name, parameters }) =>
      [`## ${name}`, paragraphs(docs.policies[name] ?? ''), parameterTable(parameters)].join('\n\n'),
    ),
    '# Placements',
    'Which of the machines that fit a task gets it: `--set placement=NAME` with every policy made of a list scheduler.',
    ...PLACEMENTS.map(({ name }) => `## ${name}\n\n${paragraphs(docs.placements[name] ?? '')}`),
  ];
  return `${sections.join('\n\n')}\n`;
}

/** The doc comment, each labelled line (`Ties:`, `Source:`) as a paragraph of its own. */
function paragraphs(doc: string): string {
  return doc.replace(/[ \n]+(?=(?:Complexity|Ties|Known limits?|Limits|Source|Sources):)/g, '\n\n');
}

function parameterTable(parameters: readonly Parameter[]): string {
  const rows = parameters.map((parameter) => {
    const text = parameterText(parameter, parameter.default);
    const choices = parameter.kind === 'choice' ? ` One of ${parameter.choices.join(', ')}.` : '';
    return `| \`${parameter.name}\` | ${text === '' ? 'empty' : `\`${text}\``} | ${cell(parameter.about + choices)} |`;
  });
  return ['| parameter | default | meaning |', '|---|---|---|', ...rows].join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
