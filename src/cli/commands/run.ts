import { dirname, join } from 'node:path';
import type { CommandModule } from 'yargs';
import { tenantsOf } from '../../lab/extensions/tenants/tenants.js';
import { isPolicyPath, parsePolicyUses } from '../../lab/policy-file/policy-use.js';
import type { RunTask } from '../../lab/run/node/run-task.js';
import { detailsFor, type RunSpec } from '../../lab/run/run-spec.js';
import { firstSeeds, type PrecisionGoal, untilPrecise } from '../../lab/run/until-precise.js';
import { withFoundWarmUp } from '../../lab/run/warm-up.js';
import { checkRuns, plannedName, runFolders } from '../../lab/scenario/policy-choice.js';
import { type RunChoices, runSpecs, settings } from '../../lab/scenario/run-choices.js';
import type { ReplacedEntries, Scenario, ScenarioFile } from '../../lab/scenario/scenario.js';
import type { RunRecord } from '../../metrics/run-record.js';
import { DURATION_FORM, InputError, parseDuration } from '../../model/index.js';
import type { Interactive } from '../../report/experiment.js';
import { compareRuns, type DerivedMetric } from '../../results/comparison.js';
import type { DataFiles } from '../../results/files/data-files.js';
import { withoutEmptyFolders, writeResult } from '../../results/files/result-files.js';
import { writeRunList } from '../../results/files/stored-runs.js';
import { operationTables } from '../../results/operation-tables.js';
import { parsePrecision } from '../../results/precision.js';
import { resultsText } from '../../results/results-document.js';
import { shortRunNotes } from '../../results/steady-state.js';
import { tenantTables } from '../../results/tenant-tables.js';
import { comparisonTable, writeNote, writeNotes } from '../comparison-table.js';
import { derivedMetrics, METRIC_OPTION } from '../derived-metrics.js';
import { explainedRun, explainedRuns } from '../explained-runs.js';
import { interactiveOf } from '../interactive.js';
import { checkOutputs } from '../outputs.js';
import { writeMessage } from '../prose.js';
import { runCharts } from '../run-charts.js';
import {
  type Exit,
  type ScenarioOptions,
  scenarioKeys,
  VERSUS_OPTION,
  withoutUndefined,
  withRunOptions,
} from '../run-options.js';
import { runShown } from '../run-shown.js';
import { shownCommand } from '../shown-command.js';
import { labelledTableText } from '../table.js';

/** The most seeds of --until-precision. */
const MOST_SEEDS = 100;

/** Histories of a run that are printed; `simulate explain` prints all. */
const MOST_PRINTED = 10;

/** The options of `simulate run`. */
export interface RunArguments extends ScenarioOptions {
  tenants?: string;
  scenario?: string;
  out?: string;
  json?: boolean;
  jobsOut?: string;
  eventsOut?: string;
  perfetto?: string;
  report?: string;
  interactive?: boolean;
  quiet?: boolean;
  decisionLimit?: string;
  onRefusal?: string;
  simultaneous?: string;
  all?: boolean;
  chart?: boolean;
  watch?: boolean;
  metric?: string[];
  versus?: string;
  explain?: string[];
  untilPrecision?: string;
  maxSeeds?: string;
}

/** `simulate [run]`: runs a workload under one or more policies and prints the comparison. */
export function runCommand(_exit: Exit): CommandModule<object, RunArguments> {
  return {
    command: ['run', '$0'],
    describe: 'run a workload under policies and compare them (the default command)',
    builder: (argv) =>
      withRunOptions(argv)
        .option('out', {
          alias: 'o',
          type: 'string',
          describe: 'folder for summary.json, jobs.csv, series.csv, machines.csv, schema.json, report.html',
        })
        .option('json', { type: 'boolean', describe: 'print one JSON document and nothing else' })
        .option('jobs-out', { type: 'string', describe: 'file for a line per job (of a single run)' })
        .option('events-out', { type: 'string', describe: 'file for a line per event (of a single run)' })
        .option('perfetto', {
          type: 'string',
          describe: 'file that Perfetto opens: machines, tasks, marks (of a single run)',
        })
        .option('report', { alias: 'r', type: 'string', describe: 'file for a self-contained HTML report' })
        .option('interactive', {
          type: 'boolean',
          describe: 'with --report: the reader can change the runs and make them again in the page',
        })
        .option('simultaneous', {
          choices: ['merge', 'each'],
          describe: 'simultaneous events: one scheduling pass after all, or after each [merge]',
        })
        .option('on-refusal', {
          choices: ['count', 'stop'],
          describe: 'refused decisions: count them, or stop the run [count]',
        })
        .option('decision-limit', {
          type: 'string',
          describe: 'maximum real time for one decision of a policy file [60s]',
        })
        .option('all', { type: 'boolean', describe: 'print every metric of the summary' })
        .option('chart', {
          type: 'boolean',
          describe: 'print charts: allocation and waiting tasks over time, and waits',
        })
        .option('watch', {
          type: 'boolean',
          describe: 'on a terminal: bars of each run while it lasts (allocation, queue, events/s, time left)',
        })
        .option('explain', {
          type: 'string',
          array: true,
          describe:
            'say why this job, or the jobs of this framework, waited; may be repeated (docs/explain.md)',
        })
        .option('metric', METRIC_OPTION)
        .option('versus', VERSUS_OPTION)
        .option('until-precision', {
          type: 'string',
          describe:
            "add seeds until the 95 % interval of a mean is this narrow: 'wait.mean 5 %' or 'wait.mean 2s'",
        })
        .option('max-seeds', { type: 'string', describe: `limit of --until-precision [${MOST_SEEDS}]` })
        .option('quiet', { alias: 'q', type: 'boolean', describe: 'no progress and no notes' })
        .example('$0', 'the default data centre under silos, DRF and bin-packing')
        .example('$0 --policy drf --seeds 1-10 --out results', 'ten replications, with all their files')
        .example('$0 --policy fcfs,easy --trace KTH-SP2.swf --chart', 'charts in the terminal')
        .example('$0 --policy drf --until 7d --watch', 'a long run, watched on the terminal')
        .example('$0 --until 3d --warm-up 6h --seeds 1-5', 'means of the steady state (docs/statistics.md)')
        .example('$0 --policy easy --trace KTH-SP2.swf --explain 17 --out results', 'why job 17 waited')
        .example('$0 --add kafka:brokers=20', 'the effect of one more service')
        .example('$0 --failures lanl05 --until 7d', 'a week in which machines fail')
        .example("$0 --fault 'at 2h: kill rack rack-3 for 30m'", 'the effect of a rack failure')
        .example("$0 --operation 'at 2h: upgrade kafka with canary=0.1'", 'the effect of an upgrade')
        .example('$0 --policy fcfs --trace KTH-SP2.swf --jobs-out fcfs.csv', 'replay a log')
        .example('$0 --policy drf,./mine.ts --report mine.html', 'a policy of your own against DRF')
        .example('$0 --policy fcfs,drf --report page.html --interactive', 'a page that can run again')
        .example("$0 --policy 'drf,drf(interval=30s)'", 'one policy with two settings')
        .example(
          '$0 --policy \'list(order="priority + waited/1h",backfill=easy)\'',
          'an order by a formula (docs/formulas.md)',
        ) as never,
    handler: (args) => perform(args),
  };
}

async function perform(args: RunArguments): Promise<void> {
  await withChoices(args, (choices) => performRuns(args, choices));
}

/**
 * Calls `use` with the choices from scenario files and options; options have precedence. Errors in a file are given a line number.
 * @throws InputError
 */
export async function withChoices(
  args: RunArguments,
  use: (choices: RunChoices) => Promise<void>,
): Promise<void> {
  const files = await scenarioFiles(args);
  try {
    await use(choicesOf(args, files));
  } catch (error) {
    const replaced = replacedEntries(args);
    throw files.reduceRight<unknown>((mistake, file) => file.locate(mistake, replaced), error);
  }
}

/** The entries of a scenario that are replaced by options. */
function replacedEntries(args: RunArguments): ReplacedEntries {
  return {
    keys: new Set(Object.keys(scenarioKeys(args))),
    settings: new Set(Object.keys(settings(args.set ?? []))),
  };
}

async function performRuns(args: RunArguments, choices: RunChoices): Promise<void> {
  if (args.chart === true && args.json === true)
    throw new InputError(
      { field: '--chart' },
      'prints text, and --json prints one JSON document and nothing else',
    );
  if (args.watch === true && process.stderr.isTTY !== true)
    throw new InputError({ field: '--watch' }, 'needs a terminal: stderr goes to a file or another program');
  const derived = await derivedMetrics(args.metric);
  const goal = precisionGoal(args);
  const chosen = await runSpecs(choices, args.quiet === true ? () => {} : writeMessage);
  const { explain } = args;
  const given = explain === undefined ? chosen : chosen.map((spec) => ({ ...spec, explain }));
  const wanted = goal === undefined ? given : firstSeeds(given);
  checkVersus(args.versus, wanted);
  // Mistakes in the options show before the runs that find the warm-up.
  tasksOf(wanted, args);
  checkOutputs(args, wanted.length === 1, inputFiles(args, choices));
  const interactive = args.interactive === true ? await interactiveOf(wanted, args) : undefined;
  await checkRuns(wanted);
  const isShown = args.quiet !== true && args.json !== true;
  const specs = await withFoundWarmUp(wanted, (pilots) =>
    runShown(
      tasksOf(pilots, args.decisionLimit === undefined ? {} : { decisionLimit: args.decisionLimit }),
      isShown,
    ),
  );
  const tasks = tasksOf(specs, args);
  const runAll = (these: readonly RunSpec[]) => {
    const own = these === specs ? tasks : tasksOf(these, args, true);
    return withoutEmptyFolders([...own.flatMap(({ out }) => out ?? []), ...foldersOfFiles(args)], () =>
      runShown(own, isShown, args.watch === true),
    );
  };
  const precise = goal === undefined ? undefined : await untilPrecise(specs, goal, runAll, { derived });
  const records = precise?.records ?? (await runAll(specs));
  await writeReports(records, args, interactive);
  print(records, derived, args);
  if (args.quiet !== true) for (const sentence of precise?.report.sentences ?? []) writeNote(sentence);
}

/** undefined without `--until-precision`. @throws InputError */
function precisionGoal({ untilPrecision, maxSeeds }: RunArguments): PrecisionGoal | undefined {
  if (untilPrecision === undefined) {
    if (maxSeeds !== undefined)
      throw new InputError({ field: '--max-seeds' }, 'is the limit of --until-precision, which is not given');
    return undefined;
  }
  const mostSeeds = Number(maxSeeds ?? MOST_SEEDS);
  if (!Number.isSafeInteger(mostSeeds) || mostSeeds < 2)
    throw InputError.expected({ field: '--max-seeds' }, maxSeeds ?? '', 'a whole number, 2 or more');
  return { precision: parsePrecision(untilPrecision, '--until-precision'), mostSeeds };
}

/** @throws InputError if no run has this policy. */
function checkVersus(versus: string | undefined, specs: readonly RunSpec[]): void {
  const names = [...new Set(specs.map(plannedName))];
  if (versus !== undefined && !names.includes(versus))
    throw InputError.expected({ field: '--versus' }, versus, `one of ${names.join(', ')}`, names);
}

function foldersOfFiles({ jobsOut, eventsOut, perfetto, report }: RunArguments): string[] {
  return [jobsOut, eventsOut, perfetto, report].filter((path) => path !== undefined).map(dirname);
}

/** Files that the runs read, by the option or key that names them. */
function inputFiles(
  { scenario, tenants }: RunArguments,
  choices: RunChoices,
): Record<string, string | undefined> {
  const { trace, machines, machineChanges, failures, policy } = choices;
  const uses =
    typeof policy === 'string'
      ? parsePolicyUses(policy)
      : (policy ?? []).flatMap((one) => parsePolicyUses(one));
  const files = uses.filter(({ name }) => isPolicyPath(name)).map(({ name }) => [`the policy ${name}`, name]);
  return {
    '--scenario': scenario,
    '--tenants': tenants,
    '--trace': trace,
    '--machines': machines,
    '--machine-changes': machineChanges,
    '--failures': failures,
    ...Object.fromEntries(files),
  };
}

/** The later file wins. */
async function scenarioFiles({ scenario, tenants }: RunArguments): Promise<readonly ScenarioFile[]> {
  if (scenario === undefined && tenants === undefined) return [];
  const { readScenarioFile, readTenantsFile } = await import('../../lab/scenario/scenario.js');
  return [
    ...(scenario === undefined ? [] : [readScenarioFile(scenario)]),
    ...(tenants === undefined ? [] : [readTenantsFile(tenants)]),
  ];
}

function choicesOf(args: RunArguments, files: readonly ScenarioFile[]): RunChoices {
  const set = { ...settings(args.set ?? []), ...switches(args) };
  const { tenants, ...scenario }: Partial<Scenario> = Object.assign({}, ...files.map(({ value }) => value));
  return {
    ...withoutUndefined(scenario),
    ...scenarioKeys(args),
    ...(tenants !== undefined && { tenants: tenantsOf(tenants) }),
    set: { ...scenario.set, ...set },
  };
}

/** Parameters of the run with a separate option. */
function switches({ simultaneous, onRefusal }: RunArguments): Record<string, string> {
  return {
    ...(simultaneous !== undefined && { 'run.simultaneous': simultaneous }),
    ...(onRefusal !== undefined && { 'run.onRefusal': onRefusal }),
  };
}

function tasksOf(specs: readonly RunSpec[], args: RunArguments, areMore = false): RunTask[] {
  const { out, jobsOut, eventsOut, perfetto } = args;
  if (specs.length > 1) {
    const files = { '--jobs-out': jobsOut, '--events-out': eventsOut, '--perfetto': perfetto };
    for (const [option, value] of Object.entries(files)) {
      if (value !== undefined) {
        throw new InputError(
          { field: option },
          `requires a single run, but there are ${specs.length} runs; use --out, or one policy and one seed`,
        );
      }
    }
  }
  const decisionLimit = decisionLimitOf(args);
  const folders = out === undefined ? [] : runFolders(specs, out, areMore);
  const isReported = (args.report ?? out) !== undefined;
  return specs.map((spec, i) => ({
    spec,
    ...(isReported && { details: areMore ? ('distributions' as const) : detailsFor(spec, specs) }),
    ...(decisionLimit !== undefined && { decisionLimit }),
    ...(out !== undefined && { out: folders[i] }),
    ...(jobsOut !== undefined && { jobsOut }),
    ...(eventsOut !== undefined && { eventsOut }),
    ...(perfetto !== undefined && { perfetto }),
  }));
}

/** Milliseconds. @throws InputError */
function decisionLimitOf({ decisionLimit }: RunArguments): number | undefined {
  if (decisionLimit === undefined) return undefined;
  const limit = parseDuration(decisionLimit);
  if (limit === undefined || limit === 0)
    throw InputError.expected({ field: '--decision-limit' }, decisionLimit, DURATION_FORM);
  return limit / 1000;
}

async function writeReports(
  records: readonly RunRecord[],
  args: RunArguments,
  interactive: Interactive | undefined,
): Promise<void> {
  const { report, out } = args;
  if (report === undefined && out === undefined) return;
  const { reportHtml } = await import('../../report/report.js');
  const facts = { command: shownCommand(), versus: args.versus };
  if (report !== undefined) writeResult(report, reportHtml(records, { ...facts, interactive }));
  if (out === undefined) return;
  writeRunList(
    out,
    records.map(({ summary }) => summary),
    facts,
  );
  const files = await filesBeside(out);
  writeResult(join(out, 'report.html'), reportHtml(records, { ...facts, interactive, files }));
}

/** The files of these runs; the folder may have others from before. */
async function filesBeside(out: string): Promise<readonly DataFiles[]> {
  const [{ dataFilesOfRuns }, { findRuns }] = await Promise.all([
    import('../../results/files/data-files.js'),
    import('../../results/files/read-stored-runs.js'),
  ]);
  const own = findRuns(out).runs.filter(({ isListed }) => isListed);
  return dataFilesOfRuns(
    out,
    own.map(({ folder }) => folder),
  );
}

function print(records: readonly RunRecord[], derived: readonly DerivedMetric[], args: RunArguments): void {
  const summaries = records.map((record) => record.summary);
  const all = args.all === true;
  const comparison = compareRuns(summaries, { derived, versus: args.versus, family: all ? 'all' : 'short' });
  if (args.json === true) {
    process.stdout.write(resultsText(summaries, comparison));
    return;
  }
  process.stdout.write(comparisonTable(comparison, { all }));
  for (const table of [...operationTables(summaries), ...tenantTables(summaries)])
    process.stdout.write(`\n${labelledTableText(table)}`);
  if (args.chart === true) process.stdout.write(`\n${runCharts(records)}`);
  if (args.explain !== undefined)
    process.stdout.write(`\n${explainedRuns(records.flatMap(explainedRun), MOST_PRINTED)}`);
  if (args.quiet !== true) {
    writeNotes(summaries);
    for (const note of shortRunNotes(records)) writeNote(note);
  }
}
