import type { CommandModule } from 'yargs';
import {
  type Difference,
  inputText,
  type LoggedTurn,
  type Replay,
  replayDecisions,
} from '../../lab/replay/replay-decisions.js';
import { toSeconds } from '../../model/index.js';
import type { Exit } from './command.js';

interface ReplayArguments {
  log: string;
  json?: boolean;
}

/** `simulate replay LOG`: exit code 1 when the policy decides otherwise than the log says. */
export function replayCommand(exit: Exit): CommandModule<object, ReplayArguments> {
  return {
    command: 'replay <log>',
    describe:
      'tell the policy what a master was told, in virtual time, and compare its decisions with the log',
    builder: (argv) =>
      argv
        .positional('log', {
          type: 'string',
          demandOption: true,
          describe: "decisions.log of a master's work-dir",
        })
        .option('json', { type: 'boolean', describe: 'print one JSON document and nothing else' })
        .example('$0 replay /tmp/master/decisions.log', 'does it still decide as it did?') as never,
    handler: async ({ log, json }) => {
      const replay = await replayDecisions(log);
      process.stdout.write(json === true ? `${JSON.stringify(replay, null, 2)}\n` : replayText(log, replay));
      if (replay.difference !== undefined) exit(1);
    },
  };
}

function replayText(log: string, { lives, allocations, offers, difference }: Replay): string {
  const what = `${allocations} allocations with ${offers} offers of ${lives === 1 ? 'a master' : `${lives} masters`}`;
  if (difference === undefined) return `${log}: ${what}: decided as logged\n`;
  return `${log}: ${what}: decided as logged, then otherwise\n${differenceText(log, difference)}`;
}

function differenceText(log: string, { line, turn, before, logged, replayed, place }: Difference): string {
  const lines = [
    ...before.flatMap(turnLines),
    `${log}:${line} at ${toSeconds(turn.at)} s, offer ${place + 1} of this turn:`,
    ...turn.inputs.map((input) => `  told      ${inputText(input)}`),
    `  logged    ${logged[place] ?? 'no further offer'}`,
    `  replayed  ${replayed[place] ?? 'no further offer'}`,
  ];
  return `${lines.join('\n')}\n`;
}

function turnLines({ line, turn }: LoggedTurn): string[] {
  const offers = turn.offers === undefined ? 'no decision yet' : `${turn.offers.length} offers, as logged`;
  return [`line ${line} at ${toSeconds(turn.at)} s: ${turn.inputs.map(inputText).join('; ')}: ${offers}`];
}
