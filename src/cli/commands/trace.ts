import { resolve } from 'node:path';
import pc from 'picocolors';
import type { Argv, CommandModule } from 'yargs';
import { duration, settings } from '../../lab/scenario/run-choices.js';
import { convertTrace } from '../../lab/workload/convert-trace.js';
import { type GeneratedTrace, generateTrace, type TraceOrder } from '../../lab/workload/generate-trace.js';
import { profileTrace, type Spread, type TraceProfile } from '../../lab/workload/trace-profile.js';
import { GENERATOR_NAMES } from '../../lab/workload/workload.js';
import { traceEnding, type WrittenTrace } from '../../lab/workload/write-trace.js';
import {
  durationText,
  fromSeconds,
  InputError,
  quote,
  resourceKind,
  secondsText,
} from '../../model/index.js';
import { checkWritable } from '../../results/files/result-files.js';
import { amountText, countText } from '../../results/metric-text.js';
import { FORMATS } from '../../workloads/formats/index.js';
import { untilInterrupted } from '../interrupt.js';
import { loadChart } from '../load-chart.js';
import { definition, prose } from '../prose.js';
import { SET_OPTION } from '../run-options.js';
import { tableText } from '../table.js';
import { parameterDocument, parameterLine } from './policy.js';

const FORMAT_HELP = 'format of the trace; detected from the file when left out';

/** `simulate trace describe|validate|convert|generate|formats`. */
export function traceCommand(): CommandModule {
  return {
    command: 'trace',
    describe: 'describe, check, convert or generate trace files',
    builder: (argv) =>
      argv
        .command({
          command: 'describe <file>',
          describe: 'print the contents of a trace: jobs, users, machines, demands, run times, load',
          builder: (describe) =>
            describe
              .positional('file', { type: 'string', demandOption: true })
              .option('format', { type: 'string', describe: FORMAT_HELP })
              .option('set', SET)
              .option('json', { type: 'boolean', describe: 'print one JSON document and nothing else' })
              .example('$0 trace describe traces/short-jobs.csv', 'jobs, demands, run times and load'),
          handler: async (args) => describe(await profile(args), args.json === true),
        })
        .command({
          command: 'validate <file>',
          describe: 'check every line of a trace; errors name the file, line and field',
          builder: (validate) =>
            validate
              .positional('file', { type: 'string', demandOption: true })
              .option('format', { type: 'string', describe: FORMAT_HELP })
              .option('set', SET)
              .option('json', { type: 'boolean', describe: 'print one JSON document and nothing else' })
              .example('$0 trace validate traces/short-jobs.csv', 'exit code 2 when a line is invalid'),
          handler: async (args) => valid(await profile(args), args.json === true),
        })
        .command({
          command: 'convert <in> <out>',
          describe: "write a trace in Fairground's own format, by the ending of OUT: .csv, .csv.gz, .parquet",
          builder: withConvertOptions,
          handler: convert,
        })
        .command({
          command: 'generate <workload>',
          describe: `write a generated workload as a trace (${GENERATOR_NAMES.join(', ')})`,
          builder: withGenerateOptions,
          handler: generate,
        })
        .command({
          command: 'formats',
          describe: 'list the supported trace formats and their parameters',
          builder: (list) =>
            list
              .option('json', { type: 'boolean', describe: 'print one JSON document and nothing else' })
              .example('$0 trace formats', 'csv, omega, openb, swf and their parameters'),
          handler: (args) => formats(args.json === true),
        })
        .example(
          '$0 trace generate google-2011 --scale 0.01 --out month.csv.gz',
          'a month of a large cell at 1 % of its size',
        )
        .example('$0 trace describe KTH-SP2.swf', 'number, width and length of the jobs')
        .demandCommand(1, 'give a subcommand: describe, validate, convert, generate or formats'),
    handler: () => {},
  };
}

function withConvertOptions(argv: Argv) {
  return argv
    .positional('in', { type: 'string', demandOption: true, describe: 'trace of any format' })
    .positional('out', { type: 'string', demandOption: true, describe: 'file for the converted trace' })
    .option('format', { type: 'string', describe: FORMAT_HELP })
    .option('set', SET)
    .option('machines', {
      type: 'string',
      describe: 'machines for which jobs are divided into tasks (swf.span); those of the trace when left out',
    })
    .option('force', { type: 'boolean', describe: 'replace files that exist' })
    .example('$0 trace convert KTH-SP2.swf kth.parquet', 'also writes kth.machines.csv, the pool of the log');
}

async function convert(args: { readonly [name: string]: unknown }): Promise<void> {
  const [file, out] = [String(args.in), String(args.out)];
  const given = args.machines as string | undefined;
  const { machines, set, dropped, adjusted, losesHistory, ...counts } = await untilInterrupted((signal) =>
    convertTrace(
      {
        file,
        format: args.format as string | undefined,
        set: settings((args.set as string[] | undefined) ?? []),
        machines: given,
        out,
        replaces: args.force === true,
      },
      signal,
    ),
  );
  const machinesText = machines === null ? '' : `; ${machines.file}: ${countText(machines.count)} machines`;
  process.stdout.write(`${writtenText(out, counts)}${machinesText}\n`);
  for (const [reason, rows] of Object.entries(dropped))
    process.stdout.write(prose(`left out: ${countText(rows)} jobs (${reason})\n`));
  for (const [what, changes] of Object.entries(adjusted))
    process.stdout.write(prose(`${what} (${countText(changes)})\n`));
  if (losesHistory)
    process.stdout.write(
      prose('Not converted: the history of demands, which fgd uses. It uses the converted rows instead.\n'),
    );
  const options = [
    `--trace ${shellText(out)}`,
    `--machines ${machines === null ? (given === undefined ? 'MACHINES' : shellText(given)) : shellText(machines.file)}`,
    ...set.map((setting) => `--set ${setting}`),
  ];
  process.stdout.write(`replay: simulate --policy fcfs ${options.join(' ')}\n`);
}

/** A word of a command for a shell. */
function shellText(word: string): string {
  return /^[\w./,=:@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function writtenText(out: string, { jobs, tasks, firstSubmission, lastSubmission }: WrittenTrace): string {
  const span = durationText(lastSubmission - firstSubmission);
  return `${out}: ${countText(jobs)} jobs, ${countText(tasks)} tasks, submitted over ${span}`;
}

/** Options of `trace generate` that abbreviate `--set` of the parameter with the same name. */
const SHORTHANDS = ['scale', 'jobs', 'tasks', 'days'] as const;

function withGenerateOptions(argv: Argv) {
  const options = argv
    .positional('workload', { type: 'string', demandOption: true })
    .option('out', {
      type: 'string',
      demandOption: true,
      describe: 'file for the trace: .csv, .csv.gz or .parquet',
    })
    .option('machines-out', {
      type: 'string',
      describe: 'file for its machines, for use with --machines',
    })
    .option('seed', { type: 'string', describe: 'seed of all random streams [1]' })
    .option('until', {
      alias: 'u',
      type: 'string',
      describe: 'only jobs submitted before this time: 1d, 12h, 90m',
    })
    .option('set', { ...SET_OPTION, describe: 'parameter=value of the workload, may be repeated' });
  return SHORTHANDS.reduce(
    (all, name) => all.option(name, { type: 'string', describe: `short for --set ${name}=…` }),
    options.example('$0 trace generate smack --until 1h --out hour.csv', 'an hour of the default workload'),
  );
}

async function generate(args: { readonly [name: string]: unknown }): Promise<void> {
  const shorthands = SHORTHANDS.filter((name) => args[name] !== undefined);
  const pairs = shorthands.map((name) => `${name}=${args[name]}`);
  const set = settings((args.set as string[] | undefined) ?? []);
  const both = shorthands.find((name) => name in set || `${args.workload}.${name}` in set);
  if (both !== undefined) throw new InputError({ field: `--${both}` }, `is also given by --set ${both}`);
  const until = duration('--until', args.until as string | undefined);
  const machinesOut = args.machinesOut as string | undefined;
  const out = String(args.out);
  if (machinesOut !== undefined && resolve(machinesOut) === resolve(out))
    throw new InputError({ field: '--machines-out' }, `${quote(machinesOut)} is also the file of --out`);
  traceEnding(out, '--out');
  checkWritable(out, 'file');
  if (machinesOut !== undefined) checkWritable(machinesOut, 'file');
  const made = await withShorthandNames(shorthands, {
    generator: String(args.workload),
    seed: String(args.seed ?? '1'),
    ...(until !== undefined && { until }),
    set: { ...set, ...settings(pairs) },
    out,
    ...(machinesOut !== undefined && { machinesOut }),
  });
  const machines = machinesOut === undefined ? '' : `; ${machinesOut}: ${countText(made.machines)} machines`;
  process.stdout.write(`${writtenText(out, made)}${machines}\n`);
}

/** Generates the trace. Errors of `--set scale` name the option `--scale` if the user gave that. */
async function withShorthandNames(shorthands: readonly string[], order: TraceOrder): Promise<GeneratedTrace> {
  try {
    return await generateTrace(order);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const { field, path } = error.place;
    const name = field?.replace(/^--set\b ?/, '') || String(path?.[1]);
    if (field?.startsWith('--set') !== true || !shorthands.includes(name)) throw error;
    throw new InputError({ field: `--${name}` }, error.problem);
  }
}

const SET = {
  type: 'string',
  array: true,
  describe: 'parameter=value of the format (see trace formats)',
} as const;

function profile(args: { readonly [name: string]: unknown }): Promise<TraceProfile> {
  const set = settings((args.set as string[] | undefined) ?? []);
  return profileTrace(String(args.file), args.format as string | undefined, set);
}

function describe(profile: TraceProfile, asJson: boolean): void {
  if (asJson) {
    process.stdout.write(`${JSON.stringify(profile, null, 2)}\n`);
    return;
  }
  const frameworks = profile.frameworks.length;
  process.stdout.write(
    prose(
      `${pc.bold(profile.file)} (${profile.format}): ${countText(profile.jobs)} jobs, ${countText(profile.tasks)} tasks, ` +
        `${frameworks} ${frameworks === 1 ? 'framework' : 'frameworks'}, submitted over ${spanText(profile)}\n\n`,
    ),
  );
  const time = (seconds: number) => durationText(fromSeconds(seconds));
  const row = (title: string, { mean, p10, p50, p90, p99, max }: Spread, text: (value: number) => string) => [
    title,
    ...[mean, p10, p50, p90, p99, max].map(text),
  ];
  const rows = [
    row('tasks per job', profile.tasksPerJob, countText),
    row('run time of a task', profile.duration, time),
    row('time between jobs', profile.gapBetweenJobs, time),
    ...Object.entries(profile.demand).map(([name, spread]) =>
      row(`${name} per task, ${resourceKind(name)?.unit}`, spread, countText),
    ),
  ];
  const columns = ['', 'mean', 'p10', 'median', 'p90', 'p99', 'max'].map((title, i) => ({
    title,
    align: i === 0 ? ('left' as const) : ('right' as const),
  }));
  process.stdout.write(
    `${tableText(columns, rows)}\n${facts(profile)
      .map((fact) => prose(`${fact}\n`))
      .join('')}`,
  );
  for (const name of ['cpus', 'gpus']) process.stdout.write(loadText(profile, name));
}

function spanText({ firstSubmission, lastSubmission }: TraceProfile): string {
  return durationText(fromSeconds(lastSubmission - firstSubmission));
}

/** The demand for a resource over time as a chart; empty if there is none. */
function loadText(profile: TraceProfile, resource: string): string {
  const values = profile.load?.demand[resource] ?? [];
  if (values.every((value) => value === 0)) return '';
  const unit = resourceKind(resource)?.unit;
  return `\n${prose(`${unit} in demand over time, if each task starts when it is submitted\n`)}${loadChart(values, ['0', spanText(profile)])}`;
}

function facts(profile: TraceProfile): string[] {
  const work = Object.entries(profile.work).map(([name, amount]) => {
    const unit = resourceKind(name)?.unit.replace(/s$/, '');
    return `${workText(amount)} ${unit}-hours`;
  });
  const { machines, users, censored, attempts } = profile;
  const demand = Object.entries(profile.totalDemand).map(([name, amount]) => amountText(name, amount));
  const lines = [
    `machines: ${machines === null ? 'none in the trace' : `${countText(machines.count)} (${capacityText(machines.capacity)})`}`,
    `users: ${users === null ? 'unknown' : countText(users)}`,
    `span: the first submission at ${secondsOf(profile.firstSubmission)}, the last at ${secondsOf(profile.lastSubmission)}, ` +
      `and the last end at ${secondsOf(profile.lastEnd)} if each task starts when it is submitted`,
    `censored jobs: ${knownText(censored.cutAtStart)} cut at the start, ${knownText(censored.cutAtEnd)} cut at the end, ` +
      `${knownText(censored.neverStarted)} never started`,
    `demand of all tasks: ${demand.join(', ')}`,
    `work: ${work.join(', ')}`,
  ];
  if (attempts !== null)
    lines.push(
      `attempts in the trace: ${Object.entries(attempts)
        .map(([end, count]) => `${countText(count)} ${end}`)
        .join(', ')}`,
    );
  const shares = Object.entries(profile.with).filter(([, share]) => share > 0);
  if (shares.length > 0)
    lines.push(
      `tasks with ${shares.map(([what, share]) => `${what === 'timeLimit' ? 'time limit' : what} ${(share * 100).toFixed(1)} %`).join(', ')}`,
    );
  const { count, mostFrequent } = profile.constraints;
  if (count > 0) {
    const listed = mostFrequent.map(({ constraint, tasks }) => `${constraint} (${countText(tasks)} tasks)`);
    const more = count > listed.length ? `, and ${countText(count - listed.length)} more` : '';
    lines.push(`constraints: ${listed.join(', ')}${more}`);
  }
  if (profile.overEstimate > 0)
    lines.push(
      `${countText(profile.overEstimate)} tasks run longer than their time limit and are stopped there`,
    );
  if (profile.withoutEnd > 0)
    lines.push(`${countText(profile.withoutEnd)} tasks never end: a run needs --until`);
  for (const [reason, rows] of Object.entries(profile.dropped))
    lines.push(`left out: ${countText(rows)} jobs (${reason})`);
  for (const [what, changes] of Object.entries(profile.adjusted))
    lines.push(`${what} (${countText(changes)})`);
  return lines;
}

/** A whole number; a small one with two digits, so that some work is not shown as none. */
function workText(amount: number): string {
  return amount < 10 ? String(Number(amount.toPrecision(2))) : countText(Math.round(amount));
}

function capacityText(capacity: Readonly<Record<string, number>>): string {
  return Object.entries(capacity)
    .map(([name, amount]) => amountText(name, amount))
    .join(', ');
}

function secondsOf(seconds: number): string {
  return `${secondsText(fromSeconds(seconds))} s`;
}

/** A number of jobs, where the format tells it. */
function knownText(jobs: number | null): string {
  return jobs === null ? 'unknown' : countText(jobs);
}

function valid(profile: TraceProfile, asJson: boolean): void {
  if (asJson) {
    const { file, format, jobs, tasks, dropped, adjusted } = profile;
    process.stdout.write(
      `${JSON.stringify({ valid: true, file, format, jobs, tasks, dropped, adjusted }, null, 2)}\n`,
    );
    return;
  }
  const dropped = Object.entries(profile.dropped).map(
    ([reason, rows]) => `; left out ${countText(rows)} (${reason})`,
  );
  const adjusted = Object.entries(profile.adjusted).map(
    ([what, changes]) => `; ${what} (${countText(changes)})`,
  );
  process.stdout.write(
    `${profile.file}: valid ${profile.format}, ${countText(profile.jobs)} jobs, ${countText(profile.tasks)} tasks${dropped.join('')}${adjusted.join('')}\n`,
  );
}

const FORMAT_COLUMN = Math.max(...FORMATS.map(({ name }) => name.length)) + 2;

function formats(asJson: boolean): void {
  if (asJson) {
    const all = FORMATS.map(({ name, about, parameters }) => ({
      name,
      about,
      parameters: parameters.map(parameterDocument),
    }));
    process.stdout.write(`${JSON.stringify({ formats: all }, null, 2)}\n`);
    return;
  }
  for (const format of FORMATS) {
    process.stdout.write(
      `${definition(pc.bold(format.name), format.about, FORMAT_COLUMN)}${format.parameters.map(parameterLine).join('')}\n`,
    );
  }
}
