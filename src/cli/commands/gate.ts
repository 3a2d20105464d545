import { existsSync, statSync } from 'node:fs';
import pc from 'picocolors';
import type { CommandModule } from 'yargs';
import { updateBaseline } from '../../lab/gate/baseline.js';
import { gateObjectives } from '../../lab/gate/gate.js';
import { writeGateFiles } from '../../lab/gate/gate-files.js';
import { gateDocument, type Undecided } from '../../lab/gate/gate-schema.js';
import { gateNotes, gateTables, passes, verdictText } from '../../lab/gate/gate-text.js';
import { checkNamedFiles, fileSettings, type NamedFiles } from '../../lab/gate/named-files.js';
import type { GateObjective } from '../../lab/gate/objectives.js';
import { specOf } from '../../lab/gate/rerun.js';
import {
  type Candidate,
  checkMaxSeeds,
  type GateOutcome,
  type GateRequest,
  type JudgedGate,
  runGate,
} from '../../lab/gate/run-gate.js';
import { checkTolerances, parseTolerances } from '../../lab/gate/tolerance.js';
import { loadPolicy } from '../../lab/policy-file/policy-file.js';
import { isPolicyPath, parsePolicyUse, parsePolicyUses } from '../../lab/policy-file/policy-use.js';
import { settings } from '../../lab/scenario/run-choices.js';
import type { Summary } from '../../metrics/catalogue/catalogue.js';
import { InputError, quote } from '../../model/index.js';
import { policyNamed } from '../../policies/registry.js';
import { readSummaries } from '../../results/files/read-summary.js';
import { checkWritable } from '../../results/files/result-files.js';
import { pluralText } from '../../results/metric-text.js';
import type { Spending } from '../../results/statistics/alpha-spending.js';
import { prose, writeMessage } from '../prose.js';
import { type Exit, SET_OPTION } from '../run-options.js';
import { runShown } from '../run-shown.js';
import { tableText } from '../table.js';

interface GateArguments {
  baseline?: string;
  candidate?: string;
  tolerance?: string[];
  objectives?: string;
  maxSeeds?: number;
  spending: Spending;
  undecided: Undecided;
  update?: boolean;
  reason?: string;
  policy?: string;
  baselinePolicy?: string;
  trace?: string;
  machines?: string;
  set?: string[];
  out?: string;
  json?: boolean;
  all?: boolean;
}

/** `simulate gate`: compares runs with a baseline or with objectives. Exits 1 when it fails. */
export function gateCommand(exit: Exit): CommandModule<object, GateArguments> {
  return {
    command: 'gate',
    describe: 'compare with a baseline, and fail when a metric got worse or an objective is missed',
    builder: (argv) =>
      argv
        .option('baseline', {
          alias: 'b',
          type: 'string',
          describe: 'summary.json of the baseline, or a folder with several',
        })
        .option('candidate', {
          alias: 'c',
          type: 'string',
          describe: 'what is compared: a policy, or results [the runs of the baseline, repeated]',
        })
        .option('tolerance', {
          type: 'string',
          array: true,
          describe: 'metric=5% (relative), metric=0.5 (absolute), or 5% for all; only these are gated [5%]',
        })
        .option('objectives', { type: 'string', describe: 'YAML file of conditions that all runs must meet' })
        .option('max-seeds', {
          type: 'number',
          describe: 'add seeds while undecided, up to this number [those of the baseline]',
        })
        .option('spending', {
          choices: ['obrien-fleming', 'pocock'] as const,
          default: 'obrien-fleming' as const,
          describe: 'how the error is spent when seeds are added: mostly late, or evenly',
        })
        .option('undecided', {
          choices: ['pass', 'fail'] as const,
          default: 'pass' as const,
          describe: 'exit code of an undecided gate: 0 with a warning, or 1',
        })
        .option('update', { type: 'boolean', describe: 'write the new results into the baseline' })
        .option('reason', { type: 'string', describe: 'why the baseline is updated' })
        .option('policy', {
          alias: 'p',
          type: 'string',
          describe: 'policy files of the baseline, joined by commas',
        })
        .option('baseline-policy', {
          type: 'string',
          describe: 'policy files as they were for the baseline, for runs with more seeds',
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
        .option('out', {
          alias: 'o',
          type: 'string',
          describe: 'folder for gate.json, junit.xml, gate.md, gate.svg',
        })
        .option('all', { type: 'boolean', describe: 'also print metrics that are equal or not gated' })
        .option('json', { type: 'boolean', describe: 'print one JSON document and nothing else' })
        .example(
          '$0 gate --baseline baselines/smack --tolerance wait.p95=5%',
          'in CI, together with the tests',
        )
        .example('$0 gate -b baselines/smack -c ./mine.ts --max-seeds 40', 'a policy against the baseline')
        .example('$0 --policy drf --seeds 1-10 --out baselines/smack', 'creates such a baseline') as never,
    handler: (args) => perform(args, exit),
  };
}

async function perform(args: GateArguments, exit: Exit): Promise<void> {
  checkArguments(args);
  const objectives = await objectivesOf(args.objectives);
  const { gate, outcome } = await judge(args, objectives);
  if (args.out !== undefined) writeGateFiles(args.out, gate, args.undecided);
  process.stdout.write(
    args.json === true
      ? `${JSON.stringify(gateDocument(gate, args.undecided), null, 2)}\n`
      : gateText(gate, args),
  );
  const { verdict } = gate.result;
  if (args.update === true && args.baseline !== undefined && outcome !== undefined)
    updateBaseline(args.baseline, outcome.candidate, { reason: args.reason ?? '', verdict });
  else if (!passes(gate.result, args.undecided)) exit(1);
  else if (verdict === 'undecided')
    writeMessage('warning: the gate is undecided and lets the change pass; --undecided fail refuses it');
}

/** @throws InputError for options that contradict each other. */
function checkArguments(args: GateArguments): void {
  const { baseline, candidate, objectives, maxSeeds, update, reason, out } = args;
  const needs = (option: string, other: string) =>
    new InputError({ field: option }, `has no use without ${other}`);
  if (baseline === undefined) {
    if (objectives === undefined) throw InputError.expected({ field: '--baseline' }, undefined, 'a value');
    if (candidate === undefined)
      throw new InputError({ field: '--objectives' }, 'needs --baseline, or --candidate with results');
    const ofBaseline = {
      tolerance: args.tolerance,
      maxSeeds,
      update,
      policy: args.policy,
      trace: args.trace,
    };
    for (const [name, value] of Object.entries(ofBaseline))
      if (value !== undefined) throw needs(`--${name.replace('maxSeeds', 'max-seeds')}`, '--baseline');
  }
  if (maxSeeds !== undefined) checkMaxSeeds(maxSeeds);
  if (update === true && (reason ?? '').trim() === '')
    throw new InputError({ field: '--update' }, "needs --reason 'why the baseline changes'");
  if (reason !== undefined && update !== true) throw needs('--reason', '--update');
  for (const [option, value] of Object.entries({ '--candidate': candidate, '--max-seeds': maxSeeds }))
    if (update === true && value !== undefined)
      throw new InputError({ field: option }, 'contradicts --update, which repeats the runs of the baseline');
  if (out !== undefined) checkWritable(out, 'folder');
}

async function objectivesOf(path: string | undefined): Promise<readonly GateObjective[]> {
  if (path === undefined) return [];
  const { readObjectives } = await import('../../lab/gate/objectives.js');
  return readObjectives(path);
}

/** A gate, and its runs if it has a baseline. */
interface Judged {
  readonly gate: JudgedGate;
  readonly outcome?: GateOutcome;
}

async function judge(args: GateArguments, objectives: readonly GateObjective[]): Promise<Judged> {
  const { baseline: path, candidate: named } = args;
  const candidate = candidateOf(named);
  if (path === undefined) {
    if (candidate.kind !== 'results')
      throw new InputError(
        { field: '--candidate' },
        `${quote(named)} is a policy; without --baseline, expected results`,
      );
    return { gate: { result: gateObjectives(candidate.runs, objectives), design: null, notes: [] } };
  }
  const tolerances = parseTolerances(args.tolerance ?? []);
  const baseline = readSummaries(path, writeMessage);
  checkTolerances(tolerances, baseline);
  const request = { ...(await requestOf(baseline, candidate, args)), tolerances, objectives };
  const outcome = await runGate(request);
  return { gate: outcome, outcome };
}

/** A path of results is a folder or a .json file; anything else is a policy. */
function candidateOf(text: string | undefined): Candidate {
  if (text === undefined) return { kind: 'rerun' };
  const isFolder = existsSync(text) && statSync(text).isDirectory();
  if (isFolder || text.endsWith('.json')) return { kind: 'results', runs: readSummaries(text, writeMessage) };
  const uses = parsePolicyUses(text);
  if (uses.length !== 1)
    throw new InputError({ field: '--candidate' }, `found ${uses.length} policies, expected one`);
  return { kind: 'policy', use: text };
}

async function requestOf(
  baseline: readonly Summary[],
  candidate: Candidate,
  args: GateArguments,
): Promise<GateRequest> {
  const { trace, machines, maxSeeds, spending } = args;
  const files = {
    trace,
    machines,
    set: settings(args.set ?? []),
    policies: await namedPolicies('--policy', args.policy),
  };
  checkNamedFiles(baseline, files);
  const ofBaseline = await namedPolicies('--baseline-policy', args.baselinePolicy);
  const rerun = { trace, machines, policyFiles: filesOf(files.policies), set: fileSettings(baseline, files) };
  if (candidate.kind === 'rerun')
    for (const summary of baseline) checkPolicyGiven(parsePolicyUse(specOf(summary, rerun).policy).name);
  if (candidate.kind === 'policy') await checkCandidate(baseline, candidate.use);
  const own = ofBaseline.length > 0 ? filesOf(ofBaseline) : undefined;
  return {
    baseline,
    candidate,
    rerun,
    baselineFiles: own ?? (candidate.kind === 'policy' ? rerun.policyFiles : undefined),
    maxSeeds,
    spending,
    perform: (tasks) => runShown(tasks, args.json !== true),
  };
}

function filesOf(policies: NamedFiles['policies']): ReadonlyMap<string, string> {
  return new Map(policies.map(({ use, policy }) => [policy.name, use.name]));
}

/** @throws InputError if the candidate is unknown, or if the baseline has several policies. */
async function checkCandidate(baseline: readonly Summary[], text: string): Promise<void> {
  const names = [...new Set(baseline.map(({ run }) => run.policy.name))];
  if (names.length > 1)
    throw new InputError(
      { field: '--candidate' },
      `is compared with one policy, but the baseline has ${names.length}: ${names.join(', ')}`,
    );
  const use = parsePolicyUse(text);
  await loadPolicy(use.name, undefined, { field: '--candidate', column: use.column });
}

/** The policies of an option. Their arguments are those of the baseline. @throws InputError */
async function namedPolicies(option: string, text: string | undefined): Promise<NamedFiles['policies']> {
  const all: NamedFiles['policies'][number][] = [];
  for (const use of text === undefined ? [] : parsePolicyUses(text)) {
    const policy = await loadPolicy(use.name, undefined, { field: option, column: use.column });
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

function gateText(gate: JudgedGate, { all, undecided }: GateArguments): string {
  const { result } = gate;
  // A table for each policy, because the names of policies and metrics side by side are wider than a terminal.
  const tables = gateTables(result, { all: all === true }).map(({ policy, columns, rows }) => {
    const aligned = [policy, ...columns].map((title, i) => ({
      title,
      align: i === 0 || i === columns.length ? ('left' as const) : ('right' as const),
    }));
    return tableText(
      aligned,
      rows.map(({ verdict, cells }) => [...cells.slice(0, -1), coloured(verdict)]),
    );
  });
  const objectives = result.objectives.map(
    ({ policy, text, met, runs, verdict }) =>
      `${coloured(verdict)}  ${policy}: ${text} (met by ${met} of ${pluralText(runs, 'run')})\n`,
  );
  const headline = verdictText(result);
  const colour = !passes(result, undecided) ? pc.red : result.verdict === 'undecided' ? pc.yellow : pc.green;
  const parts = [
    ...tables,
    ...(objectives.length === 0 ? [] : [prose(objectives.join(''))]),
    [colour(prose(headline)), ...gateNotes(gate).map(prose)].map((line) => `${line}\n`).join(''),
  ];
  return parts.join('\n');
}

function coloured(verdict: string): string {
  if (verdict === 'fail') return pc.red('FAIL');
  if (verdict === 'undecided') return pc.yellow(verdict);
  return verdict === 'better' ? pc.green(verdict) : verdict;
}
