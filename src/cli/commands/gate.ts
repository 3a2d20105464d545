import pc from 'picocolors';
import type { CommandModule } from 'yargs';
import { checkNamedFiles, fileSettings, type NamedFiles } from '../../lab/gate/check-rerun.js';
import { type GatedMetric, gate, parseTolerance, specOf, type Tolerance } from '../../lab/gate/gate.js';
import { loadPolicy } from '../../lab/policy-file/policy-file.js';
import { isPolicyPath, parsePolicyUse, parsePolicyUses } from '../../lab/policy-file/policy-use.js';
import { summaryText } from '../../lab/run/node/run-task.js';
import { checkRuns } from '../../lab/scenario/policy-choice.js';
import { settings } from '../../lab/scenario/run-choices.js';
import type { Summary } from '../../metrics/catalogue/catalogue.js';
import { InputError, quote } from '../../model/index.js';
import { policyNamed } from '../../policies/registry.js';
import { readSummaries, summaryFiles } from '../../results/files/read-summary.js';
import { writeResult } from '../../results/files/result-files.js';
import { intervalText } from '../../results/interval-text.js';
import { metricsOf } from '../../results/metric.js';
import { metricText } from '../../results/metric-text.js';
import { writeMessage } from '../prose.js';
import { type Exit, SET_OPTION } from '../run-options.js';
import { runShown } from '../run-shown.js';
import { tableText } from '../table.js';

interface GateArguments {
  baseline: string;
  tolerance?: string[];
  update?: boolean;
  policy?: string;
  trace?: string;
  machines?: string;
  set?: string[];
  json?: boolean;
  all?: boolean;
}

/** `simulate gate`: repeats the runs of a baseline. Exits 1 when a metric got worse by more than its tolerance. */
export function gateCommand(exit: Exit): CommandModule<object, GateArguments> {
  return {
    command: 'gate',
    describe: 'repeat the runs of a baseline, and fail when a metric got worse',
    builder: (argv) =>
      argv
        .option('baseline', {
          alias: 'b',
          type: 'string',
          demandOption: true,
          describe: 'summary.json of the baseline, or a folder with several',
        })
        .option('tolerance', {
          type: 'string',
          array: true,
          describe: 'metric=5% (relative), metric=0.5 (absolute), or 5% for all [5%]',
        })
        .option('update', { type: 'boolean', describe: 'write the new results into the baseline' })
        .option('policy', {
          alias: 'p',
          type: 'string',
          describe: 'policy files of the baseline, joined by commas',
        })
        .option('trace', { alias: 't', type: 'string', describe: 'path of the trace of the baseline' })
        .option('machines', {
          alias: 'm',
          type: 'string',
          describe: 'path of the machines file of the baseline',
        })
        .option('set', {
          ...SET_OPTION,
          describe: 'parameter=FILE: path of a file that a parameter of the baseline refers to',
        })
        .option('all', { type: 'boolean', describe: 'also print the metrics that did not change' })
        .option('json', { type: 'boolean', describe: 'print one JSON document and nothing else' })
        .example(
          '$0 gate --baseline baselines/smack --tolerance wait.p95=5%',
          'in CI, together with the tests',
        )
        .example('$0 --policy drf --seeds 1-5 --out baselines/smack', 'creates such a baseline') as never,
    handler: (args) => perform(args, exit),
  };
}

async function perform(args: GateArguments, exit: Exit): Promise<void> {
  const tolerances = tolerancesOf(args.tolerance ?? []);
  const baseline = readSummaries(args.baseline, writeMessage);
  checkTolerances(tolerances, baseline);
  const now = await again(baseline, args);
  const gated = gate(baseline, now, tolerances);
  const worse = gated.filter(({ verdict }) => verdict === 'worse');
  process.stdout.write(
    args.json === true
      ? `${JSON.stringify(gated, null, 2)}\n`
      : gateText(gated, worse.length, args.all === true),
  );
  if (args.update === true) update(args.baseline, now);
  else if (worse.length > 0) exit(1);
}

async function again(baseline: readonly Summary[], args: GateArguments): Promise<Summary[]> {
  const { trace, machines } = args;
  const files = {
    trace,
    machines,
    set: settings(args.set ?? []),
    policies: await namedPolicies(args.policy),
  };
  checkNamedFiles(baseline, files);
  const policyFiles = new Map(files.policies.map(({ use, policy }) => [policy.name, use.name]));
  const rerun = { trace, machines, policyFiles, set: fileSettings(baseline, files) };
  const specs = baseline.map((summary) => specOf(summary, rerun));
  for (const { policy } of specs) checkPolicyGiven(parsePolicyUse(policy).name);
  await checkRuns(specs);
  const records = await runShown(
    specs.map((spec) => ({ spec })),
    args.json !== true,
  );
  return records.map((record) => record.summary);
}

/** The policies of `--policy`. Their arguments are those of the baseline. @throws InputError */
async function namedPolicies(text: string | undefined): Promise<NamedFiles['policies']> {
  const all: NamedFiles['policies'][number][] = [];
  for (const use of text === undefined ? [] : parsePolicyUses(text)) {
    const policy = await loadPolicy(use.name, undefined, { field: '--policy', column: use.column });
    all.push({ use, policy, isFile: isPolicyPath(use.name) });
  }
  return all;
}

/** @throws InputError for a policy of the baseline that is neither built in nor given as a file. */
function checkPolicyGiven(name: string): void {
  if (policyNamed(name) === undefined && !isPolicyPath(name))
    throw new InputError(
      { field: '--policy' },
      `the baseline has the policy ${quote(name)}, which is not built in; give its file with --policy FILE`,
    );
}

/** @throws InputError when a metric has two tolerances. */
function tolerancesOf(texts: readonly string[]): ReadonlyMap<string, Tolerance> {
  const tolerances = new Map<string, Tolerance>();
  for (const [key, tolerance] of texts.map(parseTolerance)) {
    if (tolerances.has(key))
      throw new InputError(
        { field: '--tolerance' },
        `${key === '' ? 'a tolerance for all metrics' : quote(key)} is given twice`,
      );
    tolerances.set(key, tolerance);
  }
  return tolerances;
}

/** A tolerance for a metric that the baseline does not have is a mistake. */
function checkTolerances(tolerances: ReadonlyMap<string, Tolerance>, baseline: readonly Summary[]): void {
  const known = [...new Set(baseline.flatMap(metricsOf).map((metric) => metric.key))];
  for (const key of tolerances.keys()) {
    if (key !== '' && !known.some((metric) => metric === key || metric.startsWith(`${key}.`)))
      throw InputError.expected(
        { field: '--tolerance' },
        key,
        `a metric of the baseline, such as wait.p95`,
        known,
      );
  }
}

function gateText(gated: readonly GatedMetric[], worse: number, all: boolean): string {
  const shown = gated.filter(({ verdict }) => all || verdict !== 'same');
  const verdictText =
    worse === 0
      ? pc.green(`passed: none of ${gated.length} metrics got worse by more than its tolerance`)
      : pc.red(`failed: ${worse} of ${gated.length} metrics got worse by more than their tolerance`);
  if (shown.length === 0) return `All ${gated.length} metrics are as in the baseline.\n${verdictText}\n`;
  const tables = [...new Set(shown.map(({ policy }) => policy))].map((policy) =>
    policyTable(
      policy,
      shown.filter((one) => one.policy === policy),
    ),
  );
  return `${tables.join('\n')}\n${verdictText}\n`;
}

/** A table for each policy, because the names of policies and metrics side by side are wider than a terminal. */
function policyTable(policy: string, gated: readonly GatedMetric[]): string {
  const columns = [policy, 'baseline', 'now', 'difference', 'tolerance', 'verdict'].map((title, i) => ({
    title,
    align: i === 0 || i === 5 ? ('left' as const) : ('right' as const),
  }));
  return tableText(columns, gated.map(gateRow));
}

function gateRow({ metric, baseline, now, difference, tolerance, verdict }: GatedMetric): string[] {
  const change = `${difference.mean > 0 ? '+' : ''}${intervalText(difference, metric)}`;
  const allowed =
    tolerance.kind === 'relative' ? `${tolerance.amount * 100} %` : metricText(tolerance.amount, metric);
  return [
    metric.key,
    metricText(baseline, metric),
    metricText(now, metric),
    change,
    metric.better === 'neither' ? '' : allowed,
    verdictWord(metric, verdict),
  ];
}

function verdictWord({ better }: GatedMetric['metric'], verdict: GatedMetric['verdict']): string {
  if (verdict === 'worse') return 'WORSE';
  return verdict === 'within' && better === 'neither' ? 'changed' : verdict;
}

function update(path: string, now: readonly Summary[]): void {
  if (path.endsWith('.json')) {
    writeResult(path, now.length === 1 ? summaryText(now[0]) : `${JSON.stringify(now, null, 2)}\n`);
    return;
  }
  summaryFiles(path).forEach((file, i) => {
    writeResult(file, summaryText(now[i]));
  });
}
