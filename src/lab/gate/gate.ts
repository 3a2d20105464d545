import type { Summary } from '../../metrics/catalogue/catalogue.js';
import { type Metric, metricsOf, metricValue } from '../../results/metric.js';
import { CONFIDENCE, meanInterval } from '../../results/statistics/mean-interval.js';
import {
  differencesOf,
  type PairedDifference,
  pairedDifference,
} from '../../results/statistics/paired-difference.js';
import { replicationsNeeded } from '../../results/statistics/replications.js';
import {
  type CorrectedDifference,
  type Correction,
  correctForNumber,
  type DifferencesBySeed,
} from '../../results/statistics/simultaneous.js';
import type { GateObjective, JudgedObjective } from './objectives.js';
import { type PairedRuns, pairRuns } from './paired-runs.js';
import { allowedHarm, type Tolerance, type Tolerances, toleranceOf } from './tolerance.js';

/** What is compared, and how. */
export interface GateOptions {
  /** Without any, every metric may become 5 % worse. */
  readonly tolerances?: Tolerances;
  /** Conditions that each run of the candidate must meet. */
  readonly objectives?: readonly GateObjective[];
  /** Confidence of the simultaneous intervals. A look of a group-sequential gate has more than 95 %. */
  readonly confidence?: number;
}

/** The result of a gate: of each metric, of each objective, and of all. */
export interface GateResult {
  readonly verdict: Exclude<MetricVerdict, 'changed'>;
  readonly policies: readonly GatedPolicy[];
  readonly metrics: readonly GatedMetric[];
  readonly objectives: readonly JudgedObjective[];
  /** Confidence of the simultaneous intervals. */
  readonly confidence: number;
  readonly correction: Pick<Correction, 'method' | 'comparisons'>;
  /** Expected number of seeds that decides; undefined if nothing is undecided, or if no such number is known. */
  readonly seedsNeeded: number | undefined;
}

/** A policy of the baseline, and the policy that is compared with it. */
export interface GatedPolicy {
  readonly name: string;
  readonly seeds: readonly string[];
  readonly isExact: boolean;
  readonly baseline: PolicySource | undefined;
  readonly candidate: PolicySource;
}

/** A policy, and the digest of its source; undefined in results of older versions. */
export interface PolicySource {
  readonly name: string;
  readonly digest: string | undefined;
}

/**
 * - `same`: equal under every seed.
 * - `pass`: the harm is at most the tolerance, with the whole interval, or exactly.
 * - `better`: the interval is on the good side of 0.
 * - `fail`: the interval is on the bad side of 0, and the mean harm is larger than the tolerance.
 * - `undecided`: none of these.
 * - `changed`: different, and not gated.
 */
export type MetricVerdict = 'same' | 'pass' | 'better' | 'fail' | 'undecided' | 'changed';

/** One metric of one policy, before and now, over the same seeds. */
export interface GatedMetric {
  readonly policy: string;
  readonly metric: Metric;
  readonly baseline: number;
  readonly candidate: number;
  /** Paired differences candidate - baseline, over seeds. */
  readonly difference: PairedDifference;
  /** After the correction for the number of gated metrics; undefined if it is not one of them, equal, or has one seed. */
  readonly corrected: CorrectedDifference | undefined;
  /** Undefined if the metric is not gated. */
  readonly tolerance: Tolerance | undefined;
  readonly verdict: MetricVerdict;
  /** Runs in which the candidate has no value, although the baseline has one. */
  readonly lost: number;
}

/**
 * Compares a candidate with its baseline, policy by policy, in pairs of one seed (common random numbers). @throws InputError when a run
 * of the baseline has no counterpart, or was another workload.
 */
export function gate(
  baseline: readonly Summary[],
  candidate: readonly Summary[],
  { tolerances = new Map(), objectives = [], confidence = CONFIDENCE }: GateOptions = {},
): GateResult {
  const groups = pairRuns(baseline, candidate);
  const seeds = [...new Set(baseline.map(({ run }) => run.seed))];
  const compared = groups.flatMap((group) => comparedMetrics(group, tolerances, seeds));
  const family = compared.map(({ tolerance, isExact, bySeed }) =>
    tolerance === undefined || isExact ? seeds.map(() => undefined) : bySeed,
  );
  const correction = correctForNumber(family, { confidence, seed: 'gate' });
  const metrics = compared.map((one, i) => judged(one, correction.corrected[i], confidence));
  const judgedObjectives = objectives.flatMap((objective) => objective.judge(candidate));
  return {
    verdict: overall([...metrics, ...judgedObjectives].map(({ verdict }) => verdict)),
    policies: groups.map(policyOf),
    metrics,
    objectives: judgedObjectives,
    confidence,
    correction: { method: correction.method, comparisons: correction.comparisons },
    seedsNeeded: seedsNeeded(metrics),
  };
}

/** Judges results by objectives alone. */
export function gateObjectives(
  candidate: readonly Summary[],
  objectives: readonly GateObjective[],
): GateResult {
  const judgedObjectives = objectives.flatMap((objective) => objective.judge(candidate));
  const names = [...new Set(candidate.map(({ run }) => run.policy.name))];
  return {
    verdict: overall(judgedObjectives.map(({ verdict }) => verdict)),
    policies: names.map((name) => {
      const runs = candidate.filter(({ run }) => run.policy.name === name);
      return {
        name,
        seeds: runs.map(({ run }) => run.seed),
        isExact: false,
        baseline: undefined,
        candidate: sourceOf(runs[0]),
      };
    }),
    metrics: [],
    objectives: judgedObjectives,
    confidence: CONFIDENCE,
    correction: { method: 'none', comparisons: 0 },
    seedsNeeded: undefined,
  };
}

function policyOf({ policy, pairs, isExact }: PairedRuns): GatedPolicy {
  return {
    name: policy,
    seeds: pairs.map(({ before }) => before.run.seed),
    isExact,
    baseline: sourceOf(pairs[0].before),
    candidate: sourceOf(pairs[0].after),
  };
}

function sourceOf({ run: { policy } }: Summary): PolicySource {
  return { name: policy.name, digest: policy.digest };
}

/** A metric before the correction for their number. */
type ComparedMetric = Omit<GatedMetric, 'corrected' | 'verdict'> & {
  readonly isExact: boolean;
  readonly bySeed: DifferencesBySeed;
};

function comparedMetrics(
  { policy, pairs, isExact }: PairedRuns,
  tolerances: Tolerances,
  seeds: readonly string[],
): ComparedMetric[] {
  return metricsOf(pairs[0].before).flatMap((metric): ComparedMetric[] => {
    const values = pairs.map(({ before, after }) => ({
      seed: before.run.seed,
      reference: metricValue(before, metric.key),
      value: metricValue(after, metric.key),
    }));
    const complete = values.filter(isComplete);
    if (complete.length === 0) return [];
    const differences = differencesOf(complete);
    const difference = pairedDifference(differences);
    if (difference === undefined) return [];
    return [
      {
        policy,
        metric,
        baseline: meanInterval(complete.map(({ reference }) => reference)).mean,
        candidate: meanInterval(complete.map(({ value }) => value)).mean,
        difference,
        tolerance: toleranceOf(metric, tolerances),
        lost: values.filter(({ reference, value }) => reference !== undefined && value === undefined).length,
        isExact,
        bySeed: seeds.map((seed) => differences[complete.findIndex((pair) => pair.seed === seed)]),
      },
    ];
  });
}

interface Values {
  readonly reference: number | undefined;
  readonly value: number | undefined;
}

function isComplete<T extends Values>(
  pair: T,
): pair is T & { readonly reference: number; readonly value: number } {
  return pair.reference !== undefined && pair.value !== undefined;
}

function judged(
  { isExact, bySeed: _, ...one }: ComparedMetric,
  corrected: CorrectedDifference | undefined,
  confidence: number,
): GatedMetric {
  return { ...one, corrected, verdict: verdictOf({ ...one, corrected }, isExact, 1 - confidence) };
}

function verdictOf(
  { metric, baseline, difference, corrected, tolerance, lost }: Omit<GatedMetric, 'verdict'>,
  isExact: boolean,
  level: number,
): MetricVerdict {
  const isEqual = difference.mean === 0 && (difference.halfWidth ?? 0) === 0;
  if (isEqual && lost === 0) return 'same';
  if (tolerance === undefined) return 'changed';
  if (lost > 0) return 'undecided';
  const harm = harmOf(metric, difference);
  const allowed = allowedHarm(tolerance, baseline);
  if (isExact) return harm > allowed ? 'fail' : harm < 0 ? 'better' : 'pass';
  if (corrected === undefined) return 'undecided';
  const { halfWidth, p } = corrected;
  // The interval of differences that are all equal has no width, so the sign test decides whether it excludes 0.
  const excludesZero = halfWidth === 0 ? p <= level : Math.abs(harm) > halfWidth;
  if (excludesZero && harm > allowed) return 'fail';
  if (excludesZero && harm < 0) return 'better';
  return harm + halfWidth <= allowed ? 'pass' : 'undecided';
}

/** The mean difference in the bad direction. */
function harmOf({ better }: Metric, { mean }: PairedDifference): number {
  return better === 'higher' ? -mean : mean;
}

const ORDER = ['fail', 'undecided', 'better', 'pass'] as const;

/** The first of this order that occurs. A change that is not gated passes. */
function overall(verdicts: readonly MetricVerdict[]): GateResult['verdict'] {
  const found = ORDER.find((verdict) => verdicts.includes(verdict));
  return found ?? (verdicts.includes('changed') ? 'pass' : 'same');
}

/** A share of a baseline of 0 allows no harm, and no number of seeds shows that there is none at all. */
export function allowsShareOfZero({
  baseline,
  tolerance,
}: Pick<GatedMetric, 'baseline' | 'tolerance'>): boolean {
  return baseline === 0 && tolerance?.kind === 'relative' && tolerance.amount > 0;
}

/** With this many seeds, the interval of each undecided metric is expected to exclude 0 or to be within the tolerance. */
function seedsNeeded(metrics: readonly GatedMetric[]): number | undefined {
  const needed = metrics
    .filter((one) => one.verdict === 'undecided' && !allowsShareOfZero(one))
    .map(({ metric, baseline, difference, corrected, tolerance }) => {
      if (corrected === undefined || tolerance === undefined || corrected.halfWidth === 0) return undefined;
      const harm = harmOf(metric, difference);
      const allowed = allowedHarm(tolerance, baseline);
      const wanted = harm > allowed ? harm : allowed - harm;
      return replicationsNeeded({ count: difference.count, halfWidth: corrected.halfWidth }, wanted);
    });
  return needed.length === 0 || needed.includes(undefined) ? undefined : Math.max(...(needed as number[]));
}
