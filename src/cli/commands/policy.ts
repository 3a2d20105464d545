import pc from 'picocolors';
import type { CommandModule } from 'yargs';
import { policiesPage } from '../../lab/policies-page.js';
import { builtInDocs, firstSentence, policyDoc } from '../../lab/policy-docs.js';
import { loadPolicy } from '../../lab/policy-file.js';
import { type Parameter, parameterText } from '../../model/index.js';
import { PLACEMENTS } from '../../policies/placement/index.js';
import { POLICIES } from '../../policies/registry.js';

/** `simulate policy list|show`. */
export function policyCommand(): CommandModule {
  return {
    command: 'policy',
    describe: 'list the policies, or show one with its parameters',
    builder: (argv) =>
      argv
        .command({
          command: 'list',
          describe: 'every policy, in one line each',
          builder: (list) =>
            list
              .option('json', { type: 'boolean', describe: 'print one JSON document and nothing else' })
              .option('markdown', { type: 'boolean', describe: 'print all that is known of them, as a page' })
              .conflicts('json', 'markdown'),
          handler: (args) => {
            if (args.markdown === true) process.stdout.write(policiesPage(builtInDocs()));
            else list(args.json === true);
          },
        })
        .command({
          command: 'show <policy>',
          describe: 'what a policy does, its source, limits and parameters',
          builder: (show) =>
            show.positional('policy', {
              type: 'string',
              demandOption: true,
              describe: 'a name, or a file such as ./mine.ts',
            }),
          handler: (args) => show(String(args.policy)),
        })
        .example('$0 policy show drf', 'the idea, the source and the knobs of DRF')
        .demandCommand(1, 'say list or show'),
    handler: () => {},
  };
}

function list(asJson: boolean): void {
  const docs = builtInDocs();
  const policies = POLICIES.map(({ name }) => ({ name, about: firstSentence(docs.policies[name] ?? '') }));
  const placements = PLACEMENTS.map(({ name }) => ({
    name,
    about: firstSentence(docs.placements[name] ?? ''),
  }));
  if (asJson) {
    process.stdout.write(`${JSON.stringify({ policies, placements }, null, 2)}\n`);
    return;
  }
  const width = Math.max(...[...policies, ...placements].map(({ name }) => name.length));
  const line = ({ name, about }: { name: string; about: string }) =>
    `  ${pc.bold(name.padEnd(width))}  ${about}\n`;
  process.stdout.write(`Policies (--policy NAME)\n\n${policies.map(line).join('')}\n`);
  process.stdout.write(`Placements (--set placement=NAME)\n\n${placements.map(line).join('')}\n`);
  process.stdout.write('A policy of your own: --policy ./mine.ts (see examples/my-policy.ts).\n');
}

async function show(nameOrPath: string): Promise<void> {
  const policy = await loadPolicy(nameOrPath);
  const doc = await policyDoc(nameOrPath);
  process.stdout.write(`${pc.bold(policy.name)}\n\n${doc === '' ? 'It has no doc comment.' : doc}\n`);
  if (policy.parameters.length === 0) return;
  process.stdout.write(
    `\n${pc.bold('Parameters')} (--set name=value)\n\n${policy.parameters.map(parameterLine).join('')}`,
  );
}

/** `  refuse = 5s     How long …` */
export function parameterLine(parameter: Parameter): string {
  const text = parameterText(parameter, parameter.default);
  const setting = `${parameter.name}=${text === '' ? '(empty)' : text}`;
  const choices = parameter.kind === 'choice' ? ` One of ${parameter.choices.join(', ')}.` : '';
  return `  ${setting.padEnd(28)}  ${parameter.about}${choices}\n`;
}
