import type { Summary } from '../../metrics/catalogue/catalogue.js';
import { summarySchema } from '../../metrics/catalogue/summary-schema.js';
import type { RunRecord } from '../../metrics/run-record.js';
import { InputError, quote } from '../../model/index.js';
import { summaryText } from '../../results/files/stored-runs.js';
import { nominalLevels, type Spending } from '../../results/statistics/alpha-spending.js';
import { CONFIDENCE } from '../../results/statistics/mean-interval.js';
import type { RunTask } from '../run/node/run-task.js';
import type { RunSources } from '../run/run-sources.js';
import { checkRuns } from '../scenario/policy-choice.js';
import { type GateOptions, type GateResult, gate } from './gate.js';
import { type Rerun, specOf, specUnder } from './rerun.js';

/** What is compared with the baseline. */
export type Candidate =
  /** The baseline's own runs, repeated by this version and with these files. */
  | { readonly kind: 'rerun' }
  /** Results of other runs. */
  | { readonly kind: 'results'; readonly runs: readonly Summary[] }
  /** Another policy, such as `drf(refuse=10s)` or `./mine.ts`, in place of the only one of the baseline. */
  | { readonly kind: 'policy'; readonly use: string }
  /** Runs that are made under the seeds of the baseline. */
  | { readonly kind: 'runs'; readonly under: RunsUnderSeeds };

/** Runs of every policy under each of these seeds. @throws InputError */
export type RunsUnderSeeds = (seeds: readonly string[]) => Promise<readonly RunTask[]>;

/** What a gate compares, and the runs that it may make. */
export interface GateRequest extends Omit<GateOptions, 'confidence'> {
  readonly baseline: readonly Summary[];
  readonly candidate: Candidate;
  /** Files of the runs. */
  readonly rerun: Rerun;
  /** Files of the baseline's policies, for runs of the baseline under further seeds. */
  readonly baselineFiles?: ReadonlyMap<string, string> | undefined;
  /** How the baseline was made, if that is known. Otherwise, it is made again by its results. */
  readonly baselineRuns?: RunsUnderSeeds | undefined;
  /** Adds seeds until the gate is decided, up to this number. Without it, all seeds of the baseline are compared once. */
  readonly maxSeeds?: number | undefined;
  readonly spending?: Spending;
  readonly perform: (tasks: readonly RunTask[]) => Promise<readonly RunRecord[]>;
  /** What the runs read; by default, the files of this computer. */
  readonly sources?: RunSources;
}

/** The looks of a gate: how many seeds each has, and which look decided. */
export interface GateDesign {
  readonly looks: readonly number[];
  /** Nominal significance level of each look. */
  readonly levels: readonly number[];
  readonly spending: Spending;
  /** Number of looks that were taken. */
  readonly taken: number;
}

/** A gate's result, and how it came about. */
export interface JudgedGate {
  readonly result: GateResult;
  /** Null if only objectives were judged. */
  readonly design: GateDesign | null;
  /** Reasons why fewer seeds were used than allowed. */
  readonly notes: readonly string[];
}

/** A gate with a baseline, and the candidate's runs. */
export interface GateOutcome extends JudgedGate {
  readonly design: GateDesign;
  readonly candidate: readonly Summary[];
}

/** With so many looks, the largest number of seeds is a few percent more than that of a single test of the same power. */
const MOST_LOOKS = 5;

/** An interval of fewer pairs is of no use. */
const FEWEST_SEEDS = 3;

/**
 * Runs the candidate and, under further seeds, the baseline; compares them at each look of a group-sequential design, and stops at the
 * first look that decides. @throws InputError
 */
export async function runGate(request: GateRequest): Promise<GateOutcome> {
  const { baseline, candidate, tolerances, objectives, maxSeeds, spending = 'obrien-fleming' } = request;
  if (maxSeeds !== undefined) checkMaxSeeds(maxSeeds);
  const stored = [...new Set(baseline.map(({ run }) => run.seed))];
  const { most, notes } = mostSeeds(request, stored.length);
  const looks = looksOf(stored.length, most, maxSeeds !== undefined);
  const levels = levelsOf(looks, spending);
  const seeds = [...stored, ...furtherSeeds(stored, most - stored.length)];
  const before: Summary[] = [];
  const after: Summary[] = [];
  for (const [look, count] of looks.entries()) {
    const added = seeds.slice(looks[look - 1] ?? 0, count);
    const isStored = ({ run }: Summary) => added.includes(run.seed);
    const further = added.filter((seed) => !stored.includes(seed));
    const baselineRuns = [...baseline.filter(isStored), ...(await moreOfBaseline(request, further))];
    before.push(...baselineRuns);
    after.push(...(await runsOfCandidate(request, baselineRuns)));
    const result = gate(before, after, {
      ...(tolerances !== undefined && { tolerances }),
      ...(objectives !== undefined && { objectives }),
      confidence: 1 - levels[look],
    });
    if (result.verdict === 'undecided' && look + 1 < looks.length) continue;
    const all = candidate.kind === 'results' ? candidate.runs : after;
    return { result, design: { looks, levels, spending, taken: look + 1 }, candidate: all, notes };
  }
  throw new InputError({ field: '--baseline' }, 'contains no run');
}

/** More seeds than this are no test any more. */
export const MOST_SEEDS = 10_000;

/** @throws InputError unless it is a number of seeds that a gate may use. */
export function checkMaxSeeds(count: number): void {
  if (!(Number.isInteger(count) && count >= 2 && count <= MOST_SEEDS))
    throw InputError.expected({ field: '--max-seeds' }, count, `a whole number from 2 to ${MOST_SEEDS}`);
}

/** The largest number of seeds, and a note if it is less than what is allowed. */
function mostSeeds(
  { candidate, baselineFiles, baselineRuns, maxSeeds }: GateRequest,
  stored: number,
): { readonly most: number; readonly notes: readonly string[] } {
  const most = maxSeeds ?? stored;
  const hasBaseline = baselineFiles !== undefined || baselineRuns !== undefined;
  const canAdd = candidate.kind === 'policy' || (candidate.kind !== 'results' && hasBaseline);
  if (most <= stored || canAdd) return { most, notes: [] };
  const reason = WHY_NO_MORE[candidate.kind];
  return {
    most: stored,
    notes: [
      `The baseline has ${stored} ${stored === 1 ? 'seed' : 'seeds'}, so the gate uses no more; ${reason}.`,
    ],
  };
}

/** Why a gate cannot add seeds, by what its candidate is. */
const WHY_NO_MORE: Readonly<Record<Candidate['kind'], string>> = {
  results: 'the candidate is a folder of results',
  runs: 'a policy of the baseline is not built in: give the scenario of the baseline for more',
  rerun: 'the policy of the baseline is needed for more: --candidate POLICY, or --baseline-policy FILE',
  policy: '',
};

/** Numbers of seeds at the looks: from those of the baseline, if they are fewer than the limit, to the limit. */
function looksOf(stored: number, most: number, isSequential: boolean): number[] {
  if (!isSequential) return [most];
  const first = stored < most ? stored : Math.min(most, Math.max(FEWEST_SEEDS, Math.ceil(most / MOST_LOOKS)));
  const step = Math.ceil((most - first) / (MOST_LOOKS - 1));
  const looks = [first];
  for (let count = first + step; step > 0 && count < most; count += step) looks.push(count);
  return first < most ? [...looks, most] : looks;
}

/** The nominal level of each look, without the last digits, which are rounding. */
function levelsOf(looks: readonly number[], spending: Spending): number[] {
  const most = looks.at(-1) ?? 1;
  const fractions = looks.map((count) => count / most);
  return nominalLevels(fractions, 1 - CONFIDENCE, spending).map((level) => Number(level.toPrecision(9)));
}

/** The next whole numbers that are no seeds of the baseline. */
function furtherSeeds(stored: readonly string[], count: number): string[] {
  const further: string[] = [];
  for (let seed = 1; further.length < count; seed++)
    if (!stored.includes(String(seed))) further.push(String(seed));
  return further;
}

/** The baseline's own runs under seeds that it does not have. */
async function moreOfBaseline(request: GateRequest, seeds: readonly string[]): Promise<Summary[]> {
  if (seeds.length === 0) return [];
  const { baseline, rerun, baselineFiles = new Map(), baselineRuns } = request;
  if (baselineRuns !== undefined) return performed(request, await baselineRuns(seeds));
  const files = { ...rerun, policyFiles: baselineFiles };
  const firsts = firstOfEach(baseline);
  const specs = firsts.map((first) => specOf(first, files));
  const tasks = [
    ...specs.map((spec) => ({ spec })),
    ...specs.flatMap((spec) => seeds.map((seed) => ({ spec: { ...spec, seed } }))),
  ];
  const runs = await performed(request, tasks);
  for (const [i, first] of firsts.entries()) checkRepeated(first, runs[i]);
  return runs.slice(firsts.length);
}

async function performed({ perform, sources }: GateRequest, tasks: readonly RunTask[]): Promise<Summary[]> {
  await checkRuns(
    tasks.map(({ spec }) => spec),
    sources,
  );
  return (await perform(tasks)).map(({ summary }) => summary);
}

/** One run for each policy with its settings. */
function firstOfEach(baseline: readonly Summary[]): Summary[] {
  const firsts = new Map<string, Summary>();
  for (const summary of baseline) {
    const key = JSON.stringify([summary.run.policy.name, summary.run.policy.parameters]);
    if (!firsts.has(key)) firsts.set(key, summary);
  }
  return [...firsts.values()];
}

/** Runs of the baseline under further seeds are its own only if a stored one is repeated to the byte. @throws InputError */
function checkRepeated(stored: Summary, again: Summary): void {
  const { name, digest } = stored.run.policy;
  const found = again.run.policy.digest;
  const hint = 'use only the seeds that it has, or make it again';
  if (digest !== undefined && found !== digest && stored.run.version === again.run.version)
    throw new InputError(
      { field: '--baseline-policy' },
      `the source of ${quote(name)} differs from that of the baseline (digest ${found?.slice(0, 12)}, was ${digest.slice(0, 12)}); ${hint}`,
    );
  if (comparable(stored) !== comparable(again))
    throw new InputError(
      { field: '--max-seeds' },
      `this version does not repeat the baseline's run of ${name} with seed ${stored.run.seed}, so it cannot add seeds to the baseline; ${hint}`,
    );
}

/** The content of a summary as it is read from a file, without the version and the digest. */
function comparable(summary: Summary): string {
  const { run, ...results } = summarySchema.parse(JSON.parse(summaryText(summary))) as Summary;
  return JSON.stringify([results, { ...run, version: '', policy: { ...run.policy, digest: '' } }]);
}

/** The candidate's runs with the seeds of these runs of the baseline. */
async function runsOfCandidate(
  request: GateRequest,
  baseline: readonly Summary[],
): Promise<readonly Summary[]> {
  const { candidate, rerun } = request;
  const seeds = new Set(baseline.map(({ run }) => run.seed));
  if (candidate.kind === 'results') return candidate.runs.filter(({ run }) => seeds.has(run.seed));
  if (candidate.kind === 'runs') return performed(request, await candidate.under([...seeds]));
  const specs = baseline.map((summary) =>
    candidate.kind === 'policy' ? specUnder(candidate.use, summary, rerun) : specOf(summary, rerun),
  );
  return performed(
    request,
    specs.map((spec) => ({ spec })),
  );
}
