import { type GateResult, gateObjectives } from '../lab/gate/gate.js';
import type { Undecided } from '../lab/gate/gate-schema.js';
import { passes } from '../lab/gate/gate-text.js';
import { type ObjectiveEntry, parseObjectives } from '../lab/gate/objectives.js';
import {
  type Candidate,
  checkMaxSeeds,
  type GateDesign,
  type GateRequest,
  type RunsUnderSeeds,
  runGate,
} from '../lab/gate/run-gate.js';
import { checkTolerances, parseTolerances } from '../lab/gate/tolerance.js';
import type { RunTask } from '../lab/run/node/run-task.js';
import type { RunSpec } from '../lab/run/run-spec.js';
import { checkRuns } from '../lab/scenario/policy-choice.js';
import type { Summary } from '../metrics/catalogue/catalogue.js';
import { InputError, toSeconds } from '../model/index.js';
import { policyNamed } from '../policies/registry.js';
import type { Spending } from '../results/statistics/alpha-spending.js';
import { PolicyObjects } from './policy-objects.js';
import { type Results, summariesOf } from './results.js';
import { type Progress, progressOf, specsOf } from './run.js';
import type { RunScenario } from './scenario.js';
import { stoppedBy } from './stopping.js';

/** What a gate allows, and the runs that it may make. */
export interface GateTerms {
  /** How much worse metrics may become: `['wait.p95=5%', 'queue.mean=0.5']`. By default, every metric may become 5 % worse. */
  readonly tolerances?: readonly string[];
  /** Conditions that each run of the candidate must meet: `['taskWait.p95 <= 2 min']`. */
  readonly objectives?: readonly ObjectiveEntry[];
  /** Adds seeds while the gate is undecided, up to this number. Without it, all seeds of the baseline are compared once. */
  readonly maxSeeds?: number;
  /** How the error is spent when seeds are added: mostly late (`obrien-fleming`, the default), or evenly. */
  readonly spending?: Spending;
  /** What an undecided gate counts as. The default is `pass`. */
  readonly undecided?: Undecided;
  /** Stops the runs of the gate. Then `gate` rejects with the reason of the signal. */
  readonly signal?: AbortSignal;
  /** Called from time to time, with the runs that are made together. */
  readonly progress?: (progress: Progress) => void;
  /** Gets a line for each parameter that is set under its former name. */
  readonly note?: (line: string) => void;
}

/** A gate that was judged. */
export interface GateOutcome extends GateResult {
  /** Whether the change may pass: nothing failed, and the gate is decided or `undecided` is `pass`. */
  readonly passes: boolean;
  /** The looks of the gate; undefined if only objectives were judged. */
  readonly design: GateDesign | undefined;
  /** Reasons why fewer seeds were used than allowed. */
  readonly notes: readonly string[];
  /** Results of the candidate. */
  readonly runs: readonly Summary[];
}

/**
 * Whether a candidate is worse than its baseline: the same policies under the same seeds, compared in pairs. It fails if the simultaneous
 * interval of a metric excludes 0 and the mean harm is larger than the tolerance, or if an objective is missed. With one seed, a
 * difference is undecided.
 *
 * Each side is results, or a scenario that is run. A candidate that is a scenario runs under the seeds of the baseline. With `maxSeeds`, both
 * sides get further seeds; a baseline of results is then run again from what they say, if its policies are built in. Without a baseline
 * (`undefined`), objectives alone are judged.
 *
 * ```ts
 * import { gate } from 'fairground';
 *
 * const scenario = { policy: 'drf', seeds: '1-4', machines: '20x16cpu/64GiB/4TiBdisk', until: '10m' };
 * const candidate = { ...scenario, policy: 'drf(interval=10s)' };
 * const { passes, verdict, policies } = await gate(scenario, candidate, {
 *   tolerances: ['taskWait.p95=5%'],
 *   objectives: ['queue.mean < 1000'],
 *   maxSeeds: 8,
 * });
 * console.log(passes, verdict, policies[0].seeds.length);
 * ```
 *
 * @throws An error with the name `InputError` if a run of the baseline has no counterpart or did other work, for a tolerance or an objective
 * of no metric, and for a mistake in a scenario, before any run starts.
 */
export async function gate(
  baseline: Results | RunScenario | undefined,
  candidate: Results | RunScenario,
  terms: GateTerms = {},
): Promise<GateOutcome> {
  return stoppedBy(terms.signal, () => new GateOfSides(terms).judge(baseline, candidate));
}

interface Baseline {
  /** Its runs, if it is a scenario. */
  readonly specs: readonly RunSpec[] | undefined;
  readonly seeds: readonly string[];
  /** Its results, of runs that are made now if it is a scenario. */
  readonly summaries: () => Promise<readonly Summary[]>;
}

/** One call of `gate`: its terms and its policies that are objects. */
class GateOfSides {
  private readonly terms: GateTerms;
  private readonly objects = new PolicyObjects();

  constructor(terms: GateTerms) {
    this.terms = terms;
  }

  async judge(
    baseline: Results | RunScenario | undefined,
    candidate: Results | RunScenario,
  ): Promise<GateOutcome> {
    const objectives = await parseObjectivesIfAny(this.terms.objectives);
    if (baseline === undefined) return this.judgeAlone(candidate);
    const tolerances = parseTolerances(this.terms.tolerances ?? []);
    if (this.terms.maxSeeds !== undefined) checkMaxSeeds(this.terms.maxSeeds);
    const { specs: ofBaseline, seeds, summaries } = await this.baselineOf(baseline);
    // A mistake of the candidate is found before the baseline runs.
    const compared: Candidate = isScenario(candidate)
      ? { kind: 'runs', under: underSeeds(await this.candidateSpecs(candidate, seeds)) }
      : { kind: 'results', runs: summariesOf(candidate) };
    const before = await summaries();
    checkTolerances(tolerances, before);
    const { maxSeeds, spending, undecided = 'pass' } = this.terms;
    const {
      result,
      design,
      notes,
      candidate: runs,
    } = await runGate({
      baseline: before,
      candidate: compared,
      rerun: { ...(isScenario(candidate) && filesOf(candidate)), policyFiles: new Map() },
      ...(ofBaseline === undefined ? again(before) : { baselineRuns: underSeeds(ofBaseline) }),
      tolerances,
      objectives,
      maxSeeds,
      ...(spending !== undefined && { spending }),
      perform: (tasks) => this.perform(tasks),
      sources: this.objects.sources,
    });
    return { ...result, passes: passes(result, undecided), design, notes, runs };
  }

  /** Objectives without a baseline. */
  private async judgeAlone(candidate: Results | RunScenario): Promise<GateOutcome> {
    const { objectives, tolerances, maxSeeds } = this.terms;
    if (objectives === undefined)
      throw new InputError(
        { field: 'objectives' },
        'are missing; a gate without a baseline judges them alone',
      );
    for (const [field, value] of Object.entries({ tolerances, maxSeeds }))
      if (value !== undefined) throw new InputError({ field }, 'has no use without a baseline');
    const judged = await parseObjectivesIfAny(objectives);
    const runs = isScenario(candidate)
      ? await this.runs(await this.specs(candidate))
      : summariesOf(candidate);
    const result = gateObjectives(runs, judged);
    return { ...result, passes: passes(result, 'pass'), design: undefined, notes: [], runs };
  }

  private specs(scenario: RunScenario): Promise<RunSpec[]> {
    return specsOf(scenario, this.objects, this.terms.note ?? (() => {}));
  }

  private async runs(specs: readonly RunSpec[]): Promise<Summary[]> {
    await checkRuns(specs, this.objects.sources);
    const records = await this.perform(specs.map((spec) => ({ spec })));
    return records.map(({ summary }) => summary);
  }

  private async baselineOf(baseline: Results | RunScenario): Promise<Baseline> {
    if (isScenario(baseline)) {
      const specs = await this.specs(baseline);
      return { specs, seeds: seedsOf(specs), summaries: () => this.runs(specs) };
    }
    const read = summariesOf(baseline);
    return { specs: undefined, seeds: read.map(({ run }) => run.seed), summaries: async () => read };
  }

  /** @throws InputError if the scenario names other seeds than those of the baseline, or has another mistake. */
  private async candidateSpecs(scenario: RunScenario, seeds: readonly string[]): Promise<RunSpec[]> {
    const specs = await this.specs(scenario);
    await checkRuns(specs, this.objects.sources);
    if (scenario.seed !== undefined || scenario.seeds !== undefined) checkSeeds(seedsOf(specs), seeds);
    return specs;
  }

  private perform(tasks: readonly RunTask[]): ReturnType<GateRequest['perform']> {
    const { signal, progress } = this.terms;
    const specs = tasks.map(({ spec }) => spec);
    return this.objects.perform(tasks, {
      ...(signal !== undefined && { signal }),
      progress: (i, { now, done }) => progress?.(progressOf(specs, i, toSeconds(now), done)),
      done: (i, { summary }) => progress?.(progressOf(specs, i, summary.run.length, 1)),
    });
  }
}

function isScenario(side: Results | RunScenario): side is RunScenario {
  return typeof side !== 'string' && !Array.isArray(side);
}

/** Files of the scenario that a baseline of results needs to run again. */
function filesOf({ trace, machines }: RunScenario): Pick<RunScenario, 'trace' | 'machines'> {
  return { ...(trace !== undefined && { trace }), ...(machines !== undefined && { machines }) };
}

/** The baseline can be run again from its results if all of its policies are built in. */
function again(baseline: readonly Summary[]): Pick<GateRequest, 'baselineFiles'> {
  const areBuiltIn = baseline.every(({ run }) => policyNamed(run.policy.name.replace(/\(.*$/s, '')));
  return areBuiltIn ? { baselineFiles: new Map() } : {};
}

async function parseObjectivesIfAny(entries: readonly ObjectiveEntry[] | undefined) {
  return entries === undefined ? [] : parseObjectives(entries);
}

function seedsOf(specs: readonly RunSpec[]): string[] {
  return [...new Set(specs.map(({ seed }) => seed))];
}

/** The runs of every policy of these, under other seeds. */
function underSeeds(specs: readonly RunSpec[]): RunsUnderSeeds {
  const ofPolicies = specs.filter(({ seed }) => seed === specs[0].seed);
  return async (seeds) => ofPolicies.flatMap((spec) => seeds.map((seed) => ({ spec: { ...spec, seed } })));
}

/** @throws InputError if the candidate names other seeds than those of the baseline. */
function checkSeeds(named: readonly string[], seeds: readonly string[]): void {
  const [own, others] = [new Set(named), new Set(seeds)];
  if (own.size === others.size && named.every((seed) => others.has(seed))) return;
  throw new InputError(
    { field: 'seeds', path: ['seeds'] },
    `the candidate has the seeds ${named.join(', ')}, but it runs under those of the baseline, which are ${[...others].join(', ')}; leave its seeds out`,
  );
}
