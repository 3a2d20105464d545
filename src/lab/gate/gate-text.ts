import { changeText as changeAlone, differenceText } from '../../results/interval-text.js';
import { listText, metricText, pluralText } from '../../results/metric-text.js';
import { allowsShareOfZero, type GatedMetric, type GateResult, type MetricVerdict } from './gate.js';
import type { Undecided } from './gate-schema.js';
import { type GateDesign, type JudgedGate, MOST_SEEDS } from './run-gate.js';

/** The metrics of one policy, in rows of text: the metric, and a cell for each column. */
export interface GateTable {
  readonly policy: string;
  /** Titles of the columns after the first. The last is the verdict. */
  readonly columns: readonly string[];
  readonly rows: readonly { readonly verdict: MetricVerdict; readonly cells: readonly string[] }[];
}

/** The order of rows. */
const SEVERITY: readonly MetricVerdict[] = ['fail', 'undecided', 'better', 'pass', 'changed', 'same'];

/** A table for each policy with gated metrics that differ; with `all`, every metric. */
export function gateTables({ metrics }: GateResult, { all }: { readonly all: boolean }): GateTable[] {
  const shown = metrics.filter(({ verdict }) => all || !['same', 'changed'].includes(verdict));
  // A tolerance that all have is in a note, so that the table fits 80 columns.
  const columns =
    commonTolerance(metrics) === undefined
      ? ['baseline', 'candidate', 'difference', 'allowed', 'verdict']
      : ['baseline', 'candidate', 'difference', 'verdict'];
  return [...new Set(shown.map(({ policy }) => policy))].map((policy) => ({
    policy,
    columns,
    rows: SEVERITY.flatMap((verdict) =>
      shown.filter((one) => one.policy === policy && one.verdict === verdict),
    ).map((one) => ({ verdict: one.verdict, cells: gateRow(one, columns.includes('allowed')) })),
  }));
}

function gateRow(
  { metric, baseline, candidate, tolerance, verdict, ...one }: GatedMetric,
  hasAllowed: boolean,
): string[] {
  return [
    metric.key,
    metricText(baseline, metric),
    metricText(candidate, metric),
    changeText({ metric, ...one }),
    ...(hasAllowed ? [toleranceText({ metric, tolerance })] : []),
    verdict,
  ];
}

function toleranceText({ metric, tolerance }: Pick<GatedMetric, 'metric' | 'tolerance'>): string {
  if (tolerance === undefined) return '';
  return tolerance.kind === 'relative'
    ? `${Number((tolerance.amount * 100).toPrecision(6))} %`
    : metricText(tolerance.amount, metric);
}

/** The relative tolerance of all gated metrics; undefined if they have several. */
function commonTolerance(metrics: readonly GatedMetric[]): string | undefined {
  const gated = metrics.filter(({ tolerance }) => tolerance !== undefined);
  const texts = new Set(gated.map(toleranceText));
  return texts.size === 1 && gated.every(({ tolerance }) => tolerance?.kind === 'relative')
    ? [...texts][0]
    : undefined;
}

/** The difference, with the half-width of its simultaneous interval. */
export function changeText({
  metric,
  difference,
  corrected,
}: Pick<GatedMetric, 'metric' | 'difference' | 'corrected'>): string {
  const { mean, halfWidth } = difference;
  if (halfWidth === undefined) return changeAlone(mean, metric);
  const width = corrected?.halfWidth ?? halfWidth;
  return differenceText(
    { ...difference, halfWidth: width, corrected: undefined, isSupported: false },
    metric,
  );
}

/** Whether the gate lets a change pass. */
export function passes({ verdict }: Pick<GateResult, 'verdict'>, undecided: Undecided): boolean {
  return verdict !== 'fail' && (verdict !== 'undecided' || undecided === 'pass');
}

/** The verdict in a sentence: `Failed: 2 of 12 gated metrics became worse by more than their tolerance.` */
export function verdictText(result: GateResult): string {
  const { metrics, objectives, verdict } = result;
  const gated = metrics.filter(({ tolerance }) => tolerance !== undefined);
  const count = (wanted: MetricVerdict) => gated.filter((one) => one.verdict === wanted).length;
  const among = `of ${pluralText(gated.length, 'gated metric')}`;
  const missed = objectives.filter((objective) => objective.verdict === 'fail').length;
  switch (verdict) {
    case 'fail': {
      const reasons = [
        ...(count('fail') > 0 ? [`${count('fail')} ${among} became worse by more than the tolerance`] : []),
        ...(missed > 0 ? [`${missed} of ${pluralText(objectives.length, 'objective')} missed`] : []),
      ];
      return `Failed: ${listText(reasons)}.`;
    }
    case 'undecided':
      return `Undecided: ${count('undecided')} ${among} may or may not have become worse by more than the tolerance; none certainly has.`;
    case 'better':
      return `Passed: none ${among} became worse by more than the tolerance, and ${count('better')} became better.`;
    case 'same':
      return gated.length === 0
        ? 'Passed.'
        : `Passed: all ${pluralText(gated.length, 'gated metric')} are as in the baseline.`;
    case 'pass':
      return gated.length === 0
        ? `Passed: ${objectives.length === 1 ? 'the objective is' : `all ${objectives.length} objectives are`} met.`
        : `Passed: none ${among} became worse by more than the tolerance.`;
  }
}

/** What else a reader must know: changes that are not gated, how many seeds there were, and how many would decide. */
export function gateNotes({ result, design, notes }: JudgedGate): string[] {
  const { metrics, policies, verdict } = result;
  const ungated = metrics.filter((one) => one.verdict === 'changed').length;
  const exact = policies.filter(({ isExact }) => isExact).map(({ name }) => name);
  const most = Math.max(0, ...policies.map(({ seeds }) => seeds.length));
  const differs = metrics.some((one) => one.verdict !== 'same');
  const renamed = policies.filter(
    ({ name, baseline, candidate }) => baseline !== undefined && candidate.name !== name,
  );
  const common = commonTolerance(metrics);
  return [
    ...(common === undefined || !differs
      ? []
      : [`Tolerance of each gated metric: ${common} of the baseline.`]),
    ...renamed.map(({ name, candidate }) => `${candidate.name} is compared with ${name}.`),
    ...(ungated > 0
      ? [
          `${pluralText(ungated, 'other metric')} differ${ungated === 1 ? 's' : ''}, which ${ungated === 1 ? 'is' : 'are'} not gated (--all).`,
        ]
      : []),
    ...(exact.length > 0 && differs
      ? [`All seeds of ${listText(exact)} gave equal runs: nothing is random, so differences are exact.`]
      : []),
    ...(design !== null && most > 1 && differs && exact.length < policies.length
      ? [seedsText(most, result, design)]
      : []),
    ...(verdict === 'undecided' ? adviceTexts(most, result) : []),
    ...ofZeroNotes(metrics),
    ...lostNotes(metrics),
    ...notes,
  ];
}

function seedsText(
  seeds: number,
  { correction, confidence }: GateResult,
  { looks, taken }: GateDesign,
): string {
  const look = looks.length === 1 ? '' : `, look ${taken} of at most ${looks.length}`;
  const together = correction.comparisons < 2 ? '' : `, ${correction.comparisons} intervals together`;
  const percent = Number((confidence * 100).toPrecision(confidence > 0.999 ? 6 : 4));
  return `${pluralText(seeds, 'seed')}${look}: intervals at ${percent} %${together}.`;
}

/** What to do about an undecided gate. */
function adviceTexts(seeds: number, { seedsNeeded, metrics }: GateResult): string[] {
  if (seeds < 2) return ['One seed gives no interval: add seeds to the baseline, ten or more.'];
  const undecided = metrics.filter((one) => one.verdict === 'undecided' && !allowsShareOfZero(one));
  if (undecided.length === 0) return [];
  if (seedsNeeded === undefined) {
    const isConstant = undecided.some(({ corrected }) => corrected?.halfWidth === 0);
    return isConstant
      ? [
          'Add seeds: a difference that is equal under all of them needs six or more, because it shows no variance.',
        ]
      : ['Add seeds.'];
  }
  const count = pluralText(seedsNeeded, 'seed');
  return seedsNeeded > MOST_SEEDS
    ? [`More seeds hardly decide: about ${count} would be needed. Allow more with --tolerance.`]
    : [`Add seeds: about ${count} would decide, if the variance stays.`];
}

/** Metrics that are notes of their own; of more, only the number is said. */
const MOST_NAMED = 3;

/** No number of seeds shows that a metric stays within a share of 0. */
function ofZeroNotes(metrics: readonly GatedMetric[]): string[] {
  const found = metrics.filter(
    (one) => allowsShareOfZero(one) && (one.verdict === 'undecided' || one.verdict === 'fail'),
  );
  if (found.length === 0) return [];
  const keys = [...new Set(found.map(({ metric }) => metric.key))];
  const more = keys.length > MOST_NAMED ? [pluralText(keys.length - MOST_NAMED, 'other metric')] : [];
  const are = keys.length === 1 ? 'is' : 'are';
  return [
    `${listText([...keys.slice(0, MOST_NAMED), ...more])} ${are} 0 in the baseline, and a share of 0 allows nothing: give an absolute tolerance, such as --tolerance ${keys[0]}=1.`,
  ];
}

function lostNotes(metrics: readonly GatedMetric[]): string[] {
  return metrics
    .filter(({ lost, tolerance }) => lost > 0 && tolerance !== undefined)
    .map(
      ({ policy, metric, lost }) =>
        `${policy}: ${metric.key} has no value in ${pluralText(lost, 'run')} of the candidate.`,
    );
}
