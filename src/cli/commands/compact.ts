import type { CommandModule } from 'yargs';
import { type Compaction, compactAll } from '../../lab/compaction/compact.js';
import { type Objective, readObjective } from '../../lab/compaction/objective.js';
import { runMany } from '../../lab/run/node/run-many.js';
import type { RunSpec } from '../../lab/run/run-spec.js';
import { checkWarmUpIsGiven } from '../../lab/run/warm-up.js';
import { checkRuns, plannedName } from '../../lab/scenario/policy-choice.js';
import { runSpecs } from '../../lab/scenario/run-choices.js';
import { InputError, quote } from '../../model/index.js';
import { intervalText } from '../../results/interval-text.js';
import { pluralText } from '../../results/metric-text.js';
import { meanInterval } from '../../results/statistics/mean-interval.js';
import { prose, writeMessage } from '../prose.js';
import { type Exit, withRunOptions } from '../run-options.js';
import { tableText } from '../table.js';
import { type RunArguments, withChoices } from './run.js';

interface CompactArguments extends RunArguments {
  objective?: string[];
  scan?: number;
}

/** The default of --objective (proposal). */
const DEFAULT_OBJECTIVES = ['taskWait.p95<=1m'];

/** Proposal. Anomalies are usually within a few machines, and each number costs a run. */
const DEFAULT_SCAN = 10;

/** @throws InputError */
function scanOf(text: string): number {
  if (text === 'all') return Number.POSITIVE_INFINITY;
  if (/^\d+$/.test(text)) return Number(text);
  throw InputError.expected({ field: '--scan' }, text, 'a count, or all');
}

/** `simulate compact`: finds the fewest machines with which runs meet the objectives. */
export function compactCommand(exit: Exit): CommandModule<object, CompactArguments> {
  return {
    command: 'compact',
    describe: 'capacity planning: find the fewest machines that meet objectives',
    builder: (argv) =>
      withRunOptions(argv)
        .option('objective', {
          type: 'string',
          array: true,
          describe: `bound on a metric, or a formula (docs/formulas.md); may be repeated: 'byFramework.web.wait.p99<=1m' [${DEFAULT_OBJECTIVES.join(' ')}]`,
        })
        .option('scan', {
          type: 'string',
          default: String(DEFAULT_SCAN),
          coerce: scanOf,
          describe:
            'how many numbers below the answer to try too, or "all": fewer machines may meet the objectives',
        })
        .option('json', { type: 'boolean', describe: 'print one JSON document and nothing else' })
        .example('$0 compact --policy silos,drf', 'the number of machines that each policy needs, of 500')
        .example(
          "$0 compact --seeds 1-11 --objective 'byFramework.web.wait.p99<=1m'",
          'several seeds, as in the Borg paper',
        )
        .example(
          "$0 compact --objective 'p95(taskWait) <= 2 min and utilization.cpus.allocated.mean > 30%'",
          'a formula over several metrics',
        ) as never,
    handler: (args) => perform(args, exit),
  };
}

/** The machines that one policy needs, per seed. */
interface Need {
  readonly policy: string;
  readonly all: number;
  readonly compactions: readonly (Compaction | undefined)[];
}

function perform(args: CompactArguments, exit: Exit): Promise<void> {
  return withChoices(args, async (choices) => {
    const objectives = await Promise.all((args.objective ?? DEFAULT_OBJECTIVES).map(readObjective));
    checkObjectives(objectives);
    const specs = await runSpecs(choices, writeMessage);
    for (const spec of specs) checkWarmUpIsGiven(spec, 'a search chooses each run by the last one');
    await checkRuns(specs);
    await compactRuns(specs, { objectives, ...args }, exit);
  });
}

/** @throws InputError when a metric has two bounds on one side. */
function checkObjectives(objectives: readonly Objective[]): void {
  const bounds = objectives.flatMap((objective) =>
    'relation' in objective ? [`${objective.metric}${objective.relation}`] : [],
  );
  const twice = bounds.find((bound, i) => bounds.indexOf(bound) !== i);
  if (twice !== undefined) throw new InputError({ field: '--objective' }, `${quote(twice)} is given twice`);
}

interface Wanted {
  readonly objectives: readonly Objective[];
  readonly objective?: readonly string[];
  readonly scan?: number;
  readonly json?: boolean;
}

async function compactRuns(
  specs: readonly RunSpec[],
  { objectives, objective: texts = DEFAULT_OBJECTIVES, scan = DEFAULT_SCAN, json }: Wanted,
  exit: Exit,
): Promise<void> {
  const needs: Need[] = [];
  for (const policy of new Set(specs.map(plannedName)))
    needs.push(await needOf(policy, specs, { objectives, scan }));
  process.stdout.write(json === true ? jsonText(needs, texts) : needsText(needs, texts));
  // undefined: the objectives are not met even with all machines.
  if (needs.some(({ compactions }) => compactions.includes(undefined))) exit(1);
}

async function needOf(
  policy: string,
  specs: readonly RunSpec[],
  { objectives, scan }: Required<Pick<Wanted, 'objectives' | 'scan'>>,
): Promise<Need> {
  const compactions: (Compaction | undefined)[] = [];
  let all = 0;
  for (const spec of specs.filter((one) => plannedName(one) === policy)) {
    // Nothing is left behind, so a signal may end the process in the middle of a run.
    const found = await compactAll(
      spec,
      objectives,
      async (one) => (await runMany([{ spec: one }]))[0].summary,
      scan,
    );
    all = found.all;
    compactions.push(found.compaction);
  }
  return { policy, all, compactions };
}

/** The Borg paper reports the 90th percentile over seeds, with the minimum and maximum as error bars. */
const BORG_QUANTILE = 0.9;

function needsText(needs: readonly Need[], objectives: readonly string[]): string {
  const columns = ['', 'machines needed', 'p90', 'range', 'of', 'less', 'cpus allocated then'].map(
    (title, i) => ({
      title,
      align: i === 0 ? ('left' as const) : ('right' as const),
    }),
  );
  const rows = needs.map(({ policy, all, compactions }) => {
    const found = compactions.filter((one) => one !== undefined);
    if (found.length < compactions.length) return [policy, `more than ${all}`, '', '', String(all), '', ''];
    const machines = found.map((one) => one.machines).sort((a, b) => a - b);
    const less = meanInterval(machines.map((count) => 1 - count / all));
    const allocated = found.map(({ summary }) => summary.utilization.cpus?.allocated.mean ?? Number.NaN);
    return [
      policy,
      intervalText(meanInterval(machines), { unit: 'count' }),
      String(machines[Math.ceil(BORG_QUANTILE * machines.length) - 1]),
      `${machines[0]} to ${machines[machines.length - 1]}`,
      String(all),
      intervalText(less, { unit: 'share' }),
      allocated.some(Number.isNaN) ? '' : intervalText(meanInterval(allocated), { unit: 'share' }),
    ];
  });
  const runs = pluralText(needs[0].compactions.length, 'seed');
  const heading = prose(`The fewest machines with ${objectives.join(' and ')}, ${runs}`);
  return `${heading}\n\n${tableText(columns, rows)}\n${needs.map(provedText).join('')}`;
}

/** What is known of smaller numbers. More machines can make waits longer, so fewer may be enough. */
function provedText({ policy, compactions }: Need): string {
  const found = compactions.filter((one) => one !== undefined);
  if (found.length === 0) return '';
  if (found.every(({ triedFrom }) => triedFrom === 1))
    return `${policy}: every smaller number of machines was tried and misses the objectives.\n`;
  const tried = Math.min(...found.map(({ machines, triedFrom }) => machines - triedFrom));
  const text = `${policy}: each number from 1 to ${tried} machines below the result was tried and misses the objectives. Smaller numbers were not all tried, and fewer machines may be enough (--scan all tries them all).`;
  return `${prose(text)}\n`;
}

function jsonText(needs: readonly Need[], objectives: readonly string[]): string {
  const policies = needs.map(({ policy, all, compactions }) => ({
    policy,
    machines: all,
    needed: compactions.map((one) =>
      one === undefined
        ? null
        : { seed: one.summary.run.seed, machines: one.machines, triedFrom: one.triedFrom },
    ),
  }));
  return `${JSON.stringify({ objectives, policies }, null, 2)}\n`;
}
