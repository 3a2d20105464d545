import type { CommandModule } from 'yargs';
import { settings } from '../../lab/scenario/run-choices.js';
import type { ScenarioDocument } from '../../lab/sweep/axis.js';
import type { Engine } from '../../lab/sweep/local-engine.js';
import type { VariedField } from '../../lab/sweep/plan-sweep.js';
import { QUEUE } from '../../lab/sweep/redis.js';
import type { SweepOutcome } from '../../lab/sweep/run-sweep.js';
import type { SweepDocument } from '../../lab/sweep/sweep-file.js';
import { InputError } from '../../model/index.js';
import { checkWritable } from '../../results/files/result-files.js';
import { pluralText } from '../../results/metric-text.js';
import { untilInterrupted } from '../interrupt.js';
import { CellProgress } from '../progress.js';
import { prose, writeMessage } from '../prose.js';
import {
  type Exit,
  type ScenarioOptions,
  scenarioKeys,
  withoutUndefined,
  withRunOptions,
} from '../run-options.js';
import { QUEUE_OPTIONS, workersOf } from '../sweep-options.js';

interface SweepArguments extends ScenarioOptions {
  file?: string;
  vary?: string[];
  out?: string;
  jobs?: boolean;
  csv?: boolean;
  json?: boolean;
  plan?: boolean;
  workers?: string;
  engine?: string;
  redis?: string;
  queue?: string;
  quiet?: boolean;
}

/** `simulate sweep [FILE]`: every combination of the values of many fields. */
export function sweepCommand(exit: Exit): CommandModule<object, SweepArguments> {
  return {
    command: 'sweep [file]',
    describe: 'run every combination of policies, settings, workloads and seeds into tables',
    builder: (argv) =>
      withRunOptions(argv)
        .positional('file', {
          type: 'string',
          describe: 'scenario in YAML, in which any field may be a list of values (docs/sweeps.md)',
        })
        .option('vary', {
          type: 'string',
          array: true,
          describe:
            'values of one more field, may be repeated: drf.interval=1s,10s or machines=10x4cpu,20x4cpu',
        })
        .option('out', {
          alias: 'o',
          type: 'string',
          describe: 'folder of results; a sweep that was stopped goes on there',
        })
        .option('jobs', { type: 'boolean', describe: 'also a table of all jobs' })
        .option('csv', { type: 'boolean', describe: 'also every table as CSV' })
        .option('plan', { type: 'boolean', describe: 'print the runs, and run nothing' })
        .option('workers', { type: 'string', describe: 'runs at the same time [one per core]' })
        .option('engine', {
          choices: ['local', 'bullmq', 'slurm'],
          describe: 'where the runs are: this computer, workers of a queue, tasks of Slurm [local]',
        })
        .options(QUEUE_OPTIONS)
        .option('json', { type: 'boolean', describe: 'print one JSON document and nothing else' })
        .option('quiet', { alias: 'q', type: 'boolean', describe: 'no progress and no notes' })
        .hide('tenants')
        .hide('scenario')
        .example('$0 sweep study.yaml --out study', 'every combination of the lists in a file')
        .example(
          '$0 sweep --policy drf,silos --vary machines=400x16cpu/64GiB,500x16cpu/64GiB --seeds 1-5 --out sizes',
          'two policies on two clusters, with five seeds',
        )
        .example(
          '$0 query \'select policy, machines, avg("wait.p95") from runs group by all\' sizes',
          'a question about the results',
        )
        .example('$0 report study', 'figures of the results: study/report.html')
        .example(
          '$0 sweep study.yaml --out study --engine bullmq --redis redis://host:6379',
          'on all computers on which simulate worker runs',
        ) as never,
    handler: (args) => performSweep(args, exit),
  };
}

async function performSweep(args: SweepArguments, exit: Exit): Promise<void> {
  const { planSweep } = await import('../../lab/sweep/plan-sweep.js');
  const { document, locate } = await documentOf(args);
  const note = args.quiet === true || args.json === true ? () => {} : writeMessage;
  const plan = await planSweep(document, variedFields(args.vary ?? []), note).catch((error) => {
    throw locate(error);
  });
  if (args.plan === true) {
    for (const { id, spec, parameters } of plan.cells)
      process.stdout.write(
        `${[id, spec.label ?? spec.policy, `seed ${spec.seed}`, ...plan.axes.map((name, i) => `${name}=${parameters[i]}`)].join('  ')}\n`,
      );
    return;
  }
  if (args.out === undefined)
    throw new InputError({ field: '--out' }, 'is missing; a sweep needs a folder for its results');
  checkWritable(args.out, 'folder');
  const engine = await engineOf(args, note);
  const { runSweep } = await import('../../lab/sweep/run-sweep.js');
  const progress = new CellProgress(args.quiet !== true && args.json !== true);
  const outcome = await untilInterrupted((signal) =>
    runSweep(plan, {
      results: args.out as string,
      jobs: args.jobs === true,
      csv: args.csv === true,
      workers: workersOf(args.workers),
      signal,
      engine,
      started: (count) => progress.start(count),
      done: (_cell, failed) => progress.finished(failed !== undefined),
    }),
  ).finally(() => progress.stop());
  print(args, outcome, args.out, note);
  if (outcome.failed.length > 0) exit(2);
}

/** The scenario of the file, with the options of the command line in place of its keys. @throws InputError */
async function documentOf(args: SweepArguments): Promise<{
  readonly document: SweepDocument;
  readonly locate: (error: unknown) => unknown;
}> {
  const { NO_SWEEP_FILE, readSweepFile } = await import('../../lab/sweep/sweep-file.js');
  const read = args.file === undefined ? undefined : readSweepFile(args.file);
  const { scenario, ...sweep } = read?.sweep ?? NO_SWEEP_FILE;
  const options = scenarioKeys(args);
  const { set: ofFile, policies, seed, seeds, ...others } = scenario;
  const own: ScenarioDocument = {
    ...others,
    ...(options.policy === undefined && policies !== undefined && { policies }),
    ...(options.seed === undefined && options.seeds === undefined && { seed, seeds }),
    ...options,
    set: { ...(ofFile as object | undefined), ...settings(args.set ?? []) },
  };
  return {
    document: { ...sweep, scenario: withoutUndefined(own) },
    locate: (error) => read?.locate(error, new Set(Object.keys(options))) ?? error,
  };
}

/** `drf.interval=1s,10s`. Commas inside parentheses and quotes are a part of the value. @throws InputError */
function variedFields(texts: readonly string[]): VariedField[] {
  return texts.map((text) => {
    const at = text.indexOf('=');
    const values = at < 1 ? [] : splitAtCommas(text.slice(at + 1));
    if (values.length === 0 || values.some((value) => value === ''))
      throw InputError.expected({ field: '--vary' }, text, 'name=value,value, such as drf.interval=1s,10s');
    return { name: text.slice(0, at), values };
  });
}

function splitAtCommas(text: string): string[] {
  const parts = [''];
  let depth = 0;
  let quote = '';
  for (const character of text) {
    if (quote !== '') quote = character === quote ? '' : quote;
    else if (character === '"' || character === "'") quote = character;
    else if (character === '(') depth++;
    else if (character === ')') depth--;
    else if (character === ',' && depth === 0) {
      parts.push('');
      continue;
    }
    parts[parts.length - 1] += character;
  }
  return parts.map((part) => part.trim());
}

/** @throws InputError for options that do not fit. */
async function engineOf(
  { engine = 'local', redis, queue = QUEUE, ...args }: SweepArguments,
  note: (line: string) => void,
): Promise<Engine> {
  if (engine !== 'bullmq' && redis !== undefined)
    throw new InputError({ field: '--redis' }, 'needs --engine bullmq');
  if (engine === 'bullmq') {
    if (redis === undefined)
      throw new InputError({ field: '--redis' }, 'is missing; --engine bullmq needs the address of a Redis');
    if (args.workers !== undefined)
      throw new InputError({ field: '--workers' }, 'is an option of simulate worker with --engine bullmq');
    const { bullmqEngine } = await import('../../lab/sweep/bullmq-engine.js');
    return bullmqEngine({ redis, queue }, note);
  }
  if (engine === 'slurm') {
    const { slurmEngine } = await import('../../lab/sweep/slurm-engine.js');
    return slurmEngine(note);
  }
  const { localEngine } = await import('../../lab/sweep/local-engine.js');
  return localEngine;
}

function print(
  { json }: SweepArguments,
  { ran, kept, failed, tables }: SweepOutcome,
  out: string,
  note: (line: string) => void,
): void {
  if (json === true) {
    const failures = failed.map(({ cell, problem }) => ({ cell: cell.id, problem }));
    process.stdout.write(
      `${JSON.stringify({ results: out, ran, kept, failed: failures, tables }, null, 2)}\n`,
    );
    return;
  }
  const was = kept === 0 ? '' : `, ${kept} there already`;
  process.stdout.write(
    prose(
      `${pluralText(ran, 'run')}${was}${failed.length === 0 ? '' : `, ${failed.length} failed`}. Tables in ${out}: ${tables.map((name) => `${name}.parquet`).join(', ')}\n`,
    ),
  );
  for (const problem of new Set(failed.map((one) => one.problem))) {
    const count = failed.filter((one) => one.problem === problem).length;
    note(`failed (${pluralText(count, 'run')}): ${problem}`);
  }
  if (failed.length > 0) note(`failed runs are in ${out}/failures.csv; the same command tries them again`);
}
