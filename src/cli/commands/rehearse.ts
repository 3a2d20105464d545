import type { CommandModule } from 'yargs';
import { type Rehearsal, rehearse, type StartDifference } from '../../lab/rehearsal/rehearse.js';
import { runSpecs, settings } from '../../lab/scenario/run-choices.js';
import { InputError, secondsText } from '../../model/index.js';
import { compareRuns } from '../../results/comparison.js';
import { checkWritable, writeResult } from '../../results/files/result-files.js';
import { comparisonTable } from '../comparison-table.js';
import { writeMessage } from '../prose.js';
import { type Exit, SET_OPTION } from '../run-options.js';
import { durationOption, reportProblem } from '../service-options.js';
import { shownCommand } from '../shown-command.js';

interface RehearseArguments {
  trace: string;
  machines: string;
  policy: string;
  set?: string[];
  seed?: string;
  compress: string;
  overhead: string;
  report?: string;
  json?: boolean;
}

const MAX_COMPRESS = 1e6;

/** `simulate rehearse`: exit code 1 when the scheduler decides differently than in the simulation. */
export function rehearseCommand(exit: Exit): CommandModule<object, RehearseArguments> {
  return {
    command: 'rehearse',
    describe:
      'validate a policy live: run a trace on a real master with real agents, and compare with the simulation',
    builder: (argv) =>
      argv
        .option('trace', { alias: 't', type: 'string', demandOption: true, describe: 'trace file to run' })
        .option('machines', {
          alias: 'm',
          type: 'string',
          demandOption: true,
          describe: 'one agent per machine, such as 3x2cpu/1GiB; tasks only sleep, so any size is possible',
        })
        .option('policy', {
          alias: 'p',
          type: 'string',
          default: 'fcfs',
          describe: 'name, or a file such as ./mine.ts',
        })
        .option('set', { ...SET_OPTION, describe: 'parameter=value, may be repeated' })
        .option('seed', { type: 'string', describe: 'seed of all random streams [1]' })
        .option('compress', {
          type: 'string',
          default: '60',
          describe: 'time compression: seconds of the trace per second of real time',
        })
        .option('overhead', {
          type: 'string',
          default: '250ms',
          describe: 'delay per start that counts as usual; longer waits are printed',
        })
        .option('report', {
          alias: 'r',
          type: 'string',
          describe: 'file for a self-contained HTML report with both runs',
        })
        .option('json', { type: 'boolean', describe: 'print one JSON document and nothing else' })
        .example(
          '$0 rehearse --trace traces/short-jobs.csv --machines 6x1cpu/256MiB',
          'six real agents, half a minute',
        ) as never,
    handler: (args) => perform(args, exit),
  };
}

async function perform(args: RehearseArguments, exit: Exit): Promise<void> {
  const { trace, machines, policy, seed, set = [] } = args;
  if (args.report !== undefined) checkWritable(args.report, 'file');
  const [spec, ...others] = await runSpecs(
    { trace, machines, policy, seed, set: settings(set) },
    writeMessage,
  );
  if (others.length > 0) throw InputError.expected({ field: '--policy' }, policy, 'one policy');
  const rehearsal = await rehearse(spec, {
    compress: compression(args.compress),
    overhead: durationOption('overhead', args.overhead),
    report: reportProblem,
  });
  const records = [rehearsal.simulated, rehearsal.live];
  if (args.report !== undefined) {
    const { reportHtml } = await import('../../report/report.js');
    writeResult(args.report, reportHtml(records, { command: shownCommand() }));
  }
  const { starts, difference, delayed, outside, measuredOverhead } = rehearsal;
  if (args.json === true) {
    const summaries = records.map(({ summary }) => summary);
    const found = {
      verdict: verdictOf(rehearsal),
      starts,
      difference: difference ?? null,
      delayed: delayed ?? null,
      outside,
      measuredOverhead,
      summaries,
    };
    process.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
  } else {
    process.stdout.write(comparisonTable(compareRuns(records.map(({ summary }) => summary)), { all: false }));
    process.stdout.write(`\n${findings(rehearsal)}`);
  }
  if (verdictOf(rehearsal) === 'differs') exit(1);
}

/** @throws InputError */
function compression(text: string): number {
  const compress = Number(text);
  if (!(compress > 0) || compress > MAX_COMPRESS)
    throw InputError.expected({ field: '--compress' }, text, `a number above 0, at most ${MAX_COMPRESS}`);
  return compress;
}

/**
 * One verdict for the whole rehearsal. With delays, a busy machine was late and its schedule is another one, but the policy decides as in
 * a simulation with the same times. Only `differs` says something against the policy.
 */
function verdictOf({
  difference,
  delayed,
}: Rehearsal): 'as simulated' | 'as simulated with delays' | 'differs' {
  if (difference !== undefined) return 'differs';
  return delayed === undefined ? 'as simulated' : 'as simulated with delays';
}

const VERDICTS: Readonly<Record<ReturnType<typeof verdictOf>, string>> = {
  'as simulated': 'verdict: the policy decides as simulated',
  'as simulated with delays':
    'verdict: the schedule differs from the simulation because of delays; with the same delays, the policy decides as simulated. A smaller --compress has smaller delays',
  differs: 'verdict: the policy decides differently than in the simulation',
};

function findings(rehearsal: Rehearsal): string {
  const { starts, difference, delayed, outside, measuredOverhead } = rehearsal;
  const { median, most } = measuredOverhead;
  const lines = [
    difference === undefined
      ? `${starts} starts in the same order on the same machines as in a simulation with the times of the real run`
      : `start ${difference.place + 1} differs from a simulation with the times of the real run: ${differenceText(difference)}`,
    delayed === undefined
      ? 'also as in the simulation without delays'
      : `delays changed the schedule from start ${delayed.place + 1} on: ${differenceText(delayed)}`,
    outside.length === 0
      ? 'all waits within the modelled overheads'
      : `${outside.length} waits beyond the modelled overheads; first, job ${outside[0].job}: ${secondsText(outside[0].live)} s, expected ${secondsText(outside[0].simulated)} s to ${secondsText(outside[0].longest)} s`,
    `overhead of real tasks: median ${milliseconds(median)}, maximum ${milliseconds(most)}`,
    VERDICTS[verdictOf(rehearsal)],
  ];
  return `${lines.join('\n')}\n`;
}

function differenceText({ simulated, live }: StartDifference): string {
  const text = (start: StartDifference['live']) =>
    start === undefined ? 'nothing' : `job ${start.job} on ${start.machine} at ${secondsText(start.at)} s`;
  return `simulated ${text(simulated)}, live ${text(live)}`;
}

function milliseconds(seconds: number): string {
  return `${Math.round(seconds * 1000)} ms`;
}
