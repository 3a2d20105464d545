import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError, type Parameter, parameterText } from '../../model/index.js';
import { PLACEMENTS } from '../../policies/placement/index.js';
import type { Policy } from '../../policies/policy.js';
import { packageRoot } from '../../results/files/version.js';
import { isPolicyPath } from './policy-use.js';

/** Doc comments by name, taken from the sources when Fairground is built. */
export interface PolicyDocs {
  readonly policies: Readonly<Record<string, string>>;
  readonly placements: Readonly<Record<string, string>>;
}

/** @throws InputError when the build is missing. */
export function builtInDocs(): PolicyDocs {
  const file = join(packageRoot(), 'dist', 'policy-docs.json');
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as PolicyDocs;
  } catch {
    throw new InputError({ file }, 'is missing; run npm run build');
  }
}

/** The doc comment of a built-in policy or of a policy file. */
export async function policyDoc(nameOrPath: string): Promise<string> {
  if (!isPolicyPath(nameOrPath)) return builtInDocs().policies[nameOrPath] ?? '';
  const { docCommentOf } = await import('./doc-comment.js');
  return docCommentOf(readFileSync(nameOrPath, 'utf8'));
}

/** The first sentence of a doc comment, on one line. */
export function firstSentence(doc: string): string {
  const text = doc.replace(/\s+/g, ' ');
  const end = /[.:](\s|$)/.exec(text);
  return end === null ? text : `${text.slice(0, end.index)}.`;
}

/** `docs/policies.md`: the doc comment of each policy and placement, with its parameters, in Markdown. */
export function policiesPage(docs: PolicyDocs, policies: readonly Policy[]): string {
  const sections = [
    '# Policies',
    'The build generates this page from the doc comments of the sources.\nTo write a policy, see [writing-policies.md](writing-policies.md).',
    ...policies.map(({ name, parameters }) =>
      [`## ${name}`, labelled(docs.policies[name] ?? ''), parameterTable(parameters)].join('\n\n'),
    ),
    '# Placements',
    'A placement chooses one of the machines that fit a task.\nSet it with `--set placement=NAME`, for every policy with a list scheduler.',
    ...PLACEMENTS.map(({ name }) => `## ${name}\n\n${labelled(docs.placements[name] ?? '')}`),
  ];
  return `${sections.join('\n\n')}\n`;
}

/** The doc comment with a separate paragraph for each label (`Ties:`, `Source:`). */
export function labelled(doc: string): string {
  return doc.replace(/[ \n]+(?=(?:Complexity|Ties|Known\s+limits?|Limits|Source|Sources):)/g, '\n\n');
}

function parameterTable(parameters: readonly Parameter[]): string {
  const rows = parameters.map((parameter) => {
    const text = parameterText(parameter, parameter.default);
    const choices = parameter.kind === 'choice' ? ` One of ${parameter.choices.join(', ')}.` : '';
    return `| \`${parameter.name}\` | ${text === '' ? 'empty' : `\`${cell(text)}\``} | ${cell(parameter.about + choices)} |`;
  });
  return ['| parameter | default | meaning |', '|---|---|---|', ...rows].join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
