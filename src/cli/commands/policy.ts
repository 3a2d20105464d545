import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pc from 'picocolors';
import type { CommandModule } from 'yargs';
import { FEATURES, type Feature } from '../../conformance/features.js';
import { allPolicies, POLICY_NAMES } from '../../lab/policy-file/named-policies.js';
import {
  builtInDocs,
  firstSentence,
  labelled,
  policiesPage,
  policyDoc,
} from '../../lab/policy-file/policy-docs.js';
import { loadPolicy, policyCopies } from '../../lab/policy-file/policy-file.js';
import { argumentValues, type PolicyUse, parsePolicyUse } from '../../lab/policy-file/policy-use.js';
import { InputError, type Parameter, type ParameterValue, parameterText, quote } from '../../model/index.js';
import { PLACEMENTS } from '../../policies/placement/index.js';
import type { Policy } from '../../policies/policy.js';
import { writeResult } from '../../results/files/result-files.js';
import { packageRoot } from '../../results/files/version.js';
import { definition, paragraphs, prose } from '../prose.js';
import type { Exit } from '../run-options.js';

/** `simulate policy list|show|new|check`. */
export function policyCommand(exit: Exit): CommandModule {
  return {
    command: 'policy',
    describe: 'list the policies, show one, write one from a template, or test one',
    builder: (argv) =>
      argv
        .command({
          command: 'list',
          describe: 'list all policies and placements',
          builder: (list) =>
            list
              .option('json', { type: 'boolean', describe: 'print one JSON document and nothing else' })
              .option('markdown', {
                type: 'boolean',
                describe: 'print the documentation of all policies as Markdown',
              })
              .conflicts('json', 'markdown')
              .example('$0 policy list', 'all policies and placements with their idea'),
          handler: async (args) => {
            if (args.markdown === true)
              process.stdout.write(policiesPage(builtInDocs(), await allPolicies()));
            else list(args.json === true);
          },
        })
        .command({
          command: 'show <policy>',
          describe: 'show what a policy does, its source, limits and parameters',
          builder: (show) =>
            show
              .positional('policy', {
                type: 'string',
                demandOption: true,
                describe: "a name, or a file such as ./mine.ts; with arguments: 'drf(interval=3s)'",
              })
              .option('json', { type: 'boolean', describe: 'print one JSON document and nothing else' })
              .example('$0 policy show drf', 'the idea, the source and the parameters of DRF'),
          handler: (args) => show(String(args.policy), args.json === true),
        })
        .command({
          command: 'new <name>',
          describe: 'write a policy and its test from a template: NAME.ts, NAME.test.mjs',
          builder: (make) =>
            make
              .positional('name', { type: 'string', demandOption: true, describe: 'such as my-packing' })
              .option('dir', { type: 'string', default: '.', describe: 'folder to write to' })
              .example('$0 policy new my-packing', 'my-packing.ts and my-packing.test.mjs in this folder'),
          handler: (args) => begin(String(args.name), String(args.dir)),
        })
        .command({
          command: 'check <policy>',
          describe: 'run the conformance suite on a policy; exit 1 when it breaks a rule',
          builder: (check) =>
            check
              .positional('policy', {
                type: 'string',
                demandOption: true,
                describe: 'a name, or a file; with arguments, only these values are tested',
              })
              .option('runs', { type: 'string', describe: 'number of random scenarios [200]' })
              .option('seed', { type: 'string', describe: 'seed of the scenarios [1]' })
              .option('json', { type: 'boolean', describe: 'print one JSON document and nothing else' })
              .option('without', {
                type: 'string',
                describe: `features that the policy does not support, joined by commas: ${FEATURES.join(', ')}`,
              })
              .example('$0 policy check fcfs --runs 20', 'a quick check of a built-in policy'),
          handler: (args) => check(String(args.policy), args, exit),
        })
        .example('$0 policy new my-packing', 'write a policy of your own from a template')
        .example('$0 policy check ./my-packing.ts', 'check that it satisfies every rule')
        .example('$0 policy show drf', 'the idea, the source and the parameters of DRF')
        .demandCommand(1, 'give a subcommand: list, show, new or check'),
    handler: () => {},
  };
}

function list(asJson: boolean): void {
  const docs = builtInDocs();
  const policies = POLICY_NAMES.map((name) => ({ name, about: firstSentence(docs.policies[name] ?? '') }));
  const placements = PLACEMENTS.map(({ name }) => ({
    name,
    about: firstSentence(docs.placements[name] ?? ''),
  }));
  if (asJson) {
    printDocument({ policies, placements });
    return;
  }
  const width = Math.max(...[...policies, ...placements].map(({ name }) => name.length));
  const line = ({ name, about }: { name: string; about: string }) =>
    definition(`  ${pc.bold(name)}`, about, width + 4);
  process.stdout.write(`Policies (--policy NAME)\n\n${policies.map(line).join('')}\n`);
  process.stdout.write(`Placements (--set placement=NAME)\n\n${placements.map(line).join('')}\n`);
  process.stdout.write('A policy of your own: --policy ./mine.ts (see examples/my-policy.ts).\n');
}

const POLICY = { field: 'policy' };

/** A policy whose defaults are the arguments, such as of `drf(interval=3s)`. @throws InputError */
async function policyWithArguments(text: string): Promise<{ use: PolicyUse; policy: Policy }> {
  const use = parsePolicyUse(text, POLICY);
  const policy = await loadPolicy(use.name, undefined, { ...POLICY, column: use.column });
  const values = argumentValues(use, policy, POLICY);
  const parameters = policy.parameters.map((parameter) => withDefault(parameter, values[parameter.name]));
  return { use, policy: { ...policy, parameters } };
}

/** A choice is fixed, because the check tests every choice. */
function withDefault(parameter: Parameter, value: ParameterValue | undefined): Parameter {
  if (value === undefined) return parameter;
  const fixed = parameter.kind === 'choice' ? { choices: [value] } : {};
  return { ...parameter, default: value, ...fixed } as Parameter;
}

async function show(text: string, asJson: boolean): Promise<void> {
  const { use, policy } = await policyWithArguments(text);
  const doc = await policyDoc(use.name);
  if (asJson) {
    const parameters = policy.parameters.map(parameterDocument);
    printDocument({ name: policy.name, about: doc, parameters });
    return;
  }
  process.stdout.write(
    `${pc.bold(policy.name)}\n\n${doc === '' ? 'It has no doc comment.' : paragraphs(labelled(doc))}\n`,
  );
  if (policy.parameters.length === 0) return;
  process.stdout.write(
    `\n${pc.bold('Parameters')} (--set name=value)\n\n${policy.parameters.map(parameterLine).join('')}`,
  );
}

/** A parameter in JSON. Its value is text, in the form of `--set`. */
export function parameterDocument(parameter: Parameter) {
  const { name, kind, about } = parameter;
  const value = parameterText(parameter, parameter.default);
  return { name, kind, value, ...(kind === 'choice' && { choices: parameter.choices }), about };
}

function printDocument(document: unknown): void {
  process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
}

function begin(name: string, folder: string): void {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name))
    throw InputError.expected({ field: 'name' }, name, 'lower-case words joined by hyphens');
  if (POLICY_NAMES.includes(name))
    throw new InputError(
      { field: 'name' },
      `${quote(name)} is the name of a built-in policy; choose another`,
    );
  const files: readonly (readonly [string, string])[] = [
    [join(folder, `${name}.ts`), fromTemplate(name, '.ts')],
    [join(folder, `${name}.test.mjs`), fromTemplate(name, '.test.mjs')],
  ];
  for (const [file] of files) if (existsSync(file)) throw new InputError({ file }, 'exists already');
  for (const [file, text] of files) writeResult(file, text);
  const [[policy], [test]] = files;
  const path = policy.includes('/') ? policy : `./${policy}`;
  process.stdout.write(
    `${prose(`${policy} and ${test} are written. Next:`)}\n\n` +
      `  npx simulate --policy ${path},bin-packing\n` +
      '      compare it with bin-packing\n' +
      `  npx simulate policy check ${path}\n` +
      '      run the conformance suite\n' +
      `  node --test ${test}\n` +
      '      run the suite as a test; this needs fairground in node_modules\n',
  );
}

interface CheckOptions {
  readonly runs?: unknown;
  readonly seed?: unknown;
  readonly without?: unknown;
  readonly json?: unknown;
}

async function check(text: string, options: CheckOptions, exit: Exit): Promise<void> {
  const [runs, seed] = [
    wholeNumber('runs', options.runs ?? 200, 1),
    wholeNumber('seed', options.seed ?? 1, 0),
  ];
  const without = features(options.without === undefined ? '' : String(options.without));
  const { use, policy } = await policyWithArguments(text);
  const { checkPolicy, counterexampleText, loadedUnderWatch } = await import(
    '../../conformance/check-policy.js'
  );
  const copies = await loadedUnderWatch(() => policyCopies(use.name, 2));
  const found = await checkPolicy(policy, { runs, seed, without, copies });
  if (options.json === true)
    printDocument({ policy: policy.name, runs, seed, counterexample: found ?? null });
  else if (found === undefined)
    process.stdout.write(
      prose(`${policy.name} keeps every rule in ${runs} random scenarios (seed ${seed}).\n`),
    );
  else process.stdout.write(`${counterexampleText(found)}\n`);
  if (found !== undefined) exit(1);
}

function wholeNumber(field: string, text: unknown, min: number): number {
  const value = /^\d+$/.test(String(text)) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value) || value < min)
    throw InputError.expected({ field: `--${field}` }, text, `a whole number >= ${min}`);
  return value;
}

function features(text: string): readonly Feature[] {
  const names = text === '' ? [] : text.split(',');
  for (const name of names) {
    if (!FEATURES.some((feature) => feature === name))
      throw InputError.expected({ field: '--without' }, name, `some of ${FEATURES.join(', ')}`);
  }
  return names as Feature[];
}

/** Where the descriptions of parameters begin. */
const PARAMETER_COLUMN = 32;

/** `  refuse=5s     How long …` */
export function parameterLine(parameter: Parameter): string {
  const text = parameterText(parameter, parameter.default);
  const setting = `${parameter.name}=${text === '' ? '(empty)' : text}`;
  const choices = parameter.kind === 'choice' ? ` One of ${parameter.choices.join(', ')}.` : '';
  return definition(`  ${setting}`, `${parameter.about}${choices}`, PARAMETER_COLUMN);
}

/** The policy in templates/ from which a new policy is copied. */
const TEMPLATE = 'spare-cores';

/** A new policy file, or its test: the template under another name. */
export function fromTemplate(name: string, ending: '.ts' | '.test.mjs'): string {
  const file = join(packageRoot(), 'templates', `${TEMPLATE}${ending}`);
  return readFileSync(file, 'utf8').replaceAll(TEMPLATE, name);
}
