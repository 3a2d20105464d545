import type { CommandModule } from 'yargs';
import { copyDecisionLog } from '../../lab/replay/copy-log.js';
import { readLoggedLoad } from '../../lab/replay/logged-load.js';
import { loggedPolicy } from '../../lab/replay/logged-policy.js';
import {
  type Difference,
  inputText,
  type LoggedTurn,
  type Replay,
  replayDecisions,
} from '../../lab/replay/replay-decisions.js';
import { run } from '../../lab/run/node/run.js';
import { runMany } from '../../lab/run/node/run-many.js';
import { checkRuns } from '../../lab/scenario/policy-choice.js';
import { runSpecs, settings } from '../../lab/scenario/run-choices.js';
import { InputError, toSeconds } from '../../model/index.js';
import { compareRuns } from '../../results/comparison.js';
import { checkWritable, writeResult } from '../../results/files/result-files.js';
import { pluralText } from '../../results/metric-text.js';
import { comparisonTable } from '../comparison-table.js';
import { writeMessage } from '../prose.js';
import { type Exit, SET_OPTION } from '../run-options.js';
import { shownCommand } from '../shown-command.js';

interface ReplayArguments {
  log: string;
  policy?: string;
  set?: string[];
  seed?: string;
  machines?: string;
  report?: string;
  json?: boolean;
  all?: boolean;
}

/** `simulate replay LOG`: exit code 1 when a decision of the policy differs from the log. */
export function replayCommand(exit: Exit): CommandModule<object, ReplayArguments> {
  return {
    command: 'replay <log>',
    describe: 'replay the decision log of a master in virtual time, and compare the decisions',
    builder: (argv) =>
      argv
        .positional('log', {
          type: 'string',
          demandOption: true,
          describe: "decisions.log of a master's work-dir",
        })
        .option('policy', {
          alias: 'p',
          type: 'string',
          describe: 'simulate the load of the log under these policies, joined by commas',
        })
        .option('set', { ...SET_OPTION, describe: 'parameter=value, may be repeated' })
        .option('seed', { type: 'string', describe: 'seed of all random streams [1]' })
        .option('machines', {
          alias: 'm',
          type: 'string',
          describe: 'machines to simulate instead of the agents of the log',
        })
        .option('report', { alias: 'r', type: 'string', describe: 'file for a self-contained HTML report' })
        .option('all', { type: 'boolean', describe: 'print every metric of the summary' })
        .option('json', { type: 'boolean', describe: 'print one JSON document and nothing else' })
        .example('$0 replay /tmp/master/decisions.log', 'exit code 1 when a decision differs')
        .example('$0 replay decisions.log --policy easy,fgd', 'the same load under other policies') as never,
    handler: (args) => (args.policy === undefined ? compareDecisions(args, exit) : askPolicies(args)),
  };
}

async function compareDecisions({ log, json, ...others }: ReplayArguments, exit: Exit): Promise<void> {
  for (const option of ['set', 'seed', 'machines', 'report', 'all'] as const)
    if (others[option] !== undefined)
      throw new InputError(
        { field: `--${option}` },
        'needs --policy: it applies to a replay under other policies',
      );
  const replay = await replayDecisions(log, writeNote);
  process.stdout.write(json === true ? `${JSON.stringify(replay, null, 2)}\n` : replayText(log, replay));
  if (replay.difference !== undefined) exit(1);
}

function writeNote(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** The first column is the logged run. The others are simulations of the same load under each policy. */
async function askPolicies(args: ReplayArguments): Promise<void> {
  if (args.report !== undefined) checkWritable(args.report, 'file');
  // Each run reads the log, which a running master may extend meanwhile.
  const copy = copyDecisionLog(args.log);
  try {
    await simulateLoad(args, copy.path);
  } finally {
    copy.remove();
  }
}

async function simulateLoad(args: ReplayArguments, log: string): Promise<void> {
  const { policy, seed, machines, set = [], report } = args;
  const workload = { kind: 'decision-log', path: log } as const;
  const chosen = await runSpecs({ policy, seed, machines, set: settings(set) }, writeMessage);
  const specs = chosen.map((spec) => ({ ...spec, workload }));
  await checkRuns(specs);
  const load = await readLoggedLoad(log, (text) => writeNote(text.replace(log, args.log)));
  const asLogged = { policy: 'logged', workload, seed: seed ?? '1', set: {} };
  const logged = await run(asLogged, { policy: loggedPolicy(load) });
  const others = await runMany(specs.map((spec) => ({ spec })));
  const records = [logged, ...others];
  if (report !== undefined) {
    const { reportHtml } = await import('../../report/report.js');
    writeResult(report, reportHtml(records, { command: shownCommand() }));
  }
  const summaries = records.map(({ summary }) => summary);
  if (args.json === true) process.stdout.write(`${JSON.stringify(summaries, null, 2)}\n`);
  else process.stdout.write(comparisonTable(compareRuns(summaries), { all: args.all === true }));
  if (load.unfinished > 0)
    writeMessage(
      `note: ${load.unfinished} tasks were running when the log ended; they are assumed to end then`,
    );
}

function replayText(log: string, { lives, allocations, offers, difference }: Replay): string {
  const what = `${pluralText(allocations, 'allocation')} with ${pluralText(offers, 'offer')} of ${lives === 1 ? 'a master' : `${lives} masters`}`;
  if (difference === undefined) return `${log}: ${what}: all decisions as logged\n`;
  return `${log}: ${what}: decisions as logged up to the first difference\n${differenceText(log, difference)}`;
}

function differenceText(log: string, { line, turn, before, logged, replayed, place }: Difference): string {
  const lines = [
    ...before.flatMap(turnLines),
    `${log}:${line} at ${toSeconds(turn.at)} s, offer ${place + 1} of this turn:`,
    ...turn.inputs.map((input) => `  input     ${inputText(input)}`),
    `  logged    ${logged[place] ?? 'no further offer'}`,
    `  replayed  ${replayed[place] ?? 'no further offer'}`,
  ];
  return `${lines.join('\n')}\n`;
}

function turnLines({ line, turn }: LoggedTurn): string[] {
  const offers = turn.offers === undefined ? 'no decision yet' : `${turn.offers.length} offers, as logged`;
  return [`line ${line} at ${toSeconds(turn.at)} s: ${turn.inputs.map(inputText).join('; ')}: ${offers}`];
}
