import type { FaultRecord, RecoveryRecord } from '../metrics/fault-records.js';
import { durationText, fromSeconds } from '../model/index.js';
import { differenceText, intervalText } from '../results/interval-text.js';
import { listText, pluralText, type Written } from '../results/metric-text.js';
import { CONFIDENCE, meanInterval } from '../results/statistics/mean-interval.js';
import { differencesOf, pairedDifference } from '../results/statistics/paired-difference.js';
import { correctForNumber, type DifferencesBySeed } from '../results/statistics/simultaneous.js';
import type { ComparedPolicy } from './compared-policy.js';
import type { Answer, CommonFault, ComparisonCell } from './report-data.js';

/** More faults are not compared one by one. */
const MOST_COMPARED = 12;

/** What is compared of a fault: the loss, and the recovery in seconds after the fault. */
const MEASURES = [
  { name: 'tasks stopped', unit: 'count', of: ({ tasks }: RecoveryRecord) => tasks },
  {
    name: 'half of the stopped tasks ran again after',
    unit: 's',
    of: ({ half }: RecoveryRecord, at: number) => after(half, at),
  },
  {
    name: 'all stopped tasks ran again after',
    unit: 's',
    of: ({ running }: RecoveryRecord, at: number) => after(running, at),
  },
  {
    name: 'every service was full again after',
    unit: 's',
    of: ({ full }: RecoveryRecord, at: number) => after(full, at),
  },
] as const;

/** Null if it was not before the end of the run. */
function after(time: number | null, at: number): number | null {
  return time === null ? null : time - at;
}

/** One measure of one fault under one policy. */
interface Member {
  readonly values: readonly (number | null)[];
  readonly differences: DifferencesBySeed;
}

/**
 * The faults that all runs have at the same instant, with the recovery under each policy and the paired differences to the
 * reference. All of these differences are corrected together.
 */
export function commonFaults(policies: readonly ComparedPolicy[], reference: number): CommonFault[] {
  const times = commonTimes(policies).slice(0, MOST_COMPARED);
  const seeds = [
    ...new Set(policies.flatMap(({ records }) => records.map(({ summary }) => summary.run.seed))),
  ];
  const members = times.map((at) =>
    MEASURES.map(({ of }) => {
      const bySeed = policies.map((policy) => valuesBySeed(policy, at, of));
      return policies.map((_, i) => memberOf(bySeed, i, reference, seeds));
    }),
  );
  const family = members.flat(2);
  const { corrected, comparisons } = correctForNumber(
    family.map(({ differences }) => differences),
    { confidence: CONFIDENCE, seed: 'faults' },
  );
  const cellOf = (member: Member, written: Written): MeasuredCell => {
    const one = pairedDifference(member.differences.filter((value) => value !== undefined));
    const fixed = corrected[family.indexOf(member)];
    const isSupported = fixed !== undefined && fixed.p <= 1 - CONFIDENCE;
    const difference = one === undefined ? undefined : { ...one, corrected: fixed, isSupported };
    return {
      value: valueText(member.values, written),
      difference: differenceText(difference, written),
      isSupported,
      mean: knownMean(member.values),
    };
  };
  return times.map((at, place) => {
    const faults = policies.flatMap(({ records }) =>
      records.map((record) => faultAt(record.faults.faults, at)),
    );
    const measures = MEASURES.map((measure, i) => ({
      name: measure.name,
      cells: members[place][i].map((member) => cellOf(member, measure)),
    }));
    return {
      at,
      until: Math.max(
        ...policies.flatMap(({ records }) =>
          records.map(({ faults: { faults: own }, summary }) => {
            const { total, returned } = faultAt(own, at);
            return Math.max(total === null ? at : (total.full ?? summary.run.length), returned ?? at);
          }),
        ),
      ),
      what: whatText(faults),
      detected: spanText(
        at,
        faults.flatMap(({ detected }) => (detected === null ? [] : [detected.first, detected.last])),
        'not detected',
      ),
      returned: faults.some(({ returned }) => returned === null)
        ? 'not all machines returned before the end of the run'
        : spanText(
            at,
            faults.flatMap(({ returned }) => returned ?? []),
            '',
          ),
      answer: answerOf(policies, reference, measures, { comparisons, last: lastFrameworks(faults) }),
      measures,
    };
  });
}

function commonTimes(policies: readonly ComparedPolicy[]): number[] {
  const all = policies.flatMap(({ records }) => records.map(({ faults }) => faults.faults));
  if (all.length === 0) return [];
  return all[0]
    .map(({ at }) => at)
    .filter((at) => all.every((faults) => faults.some((fault) => fault.at === at)));
}

function faultAt(faults: readonly FaultRecord[], at: number): FaultRecord {
  return faults.find((fault) => fault.at === at) as FaultRecord;
}

/** A measure by seed; null if it was not reached before the end of the run, 0 if nothing stopped. */
function valuesBySeed(
  { records }: ComparedPolicy,
  at: number,
  of: (total: RecoveryRecord, at: number) => number | null,
): ReadonlyMap<string, number | null> {
  return new Map(
    records.map(({ summary, faults }) => {
      const { total } = faultAt(faults.faults, at);
      return [summary.run.seed, total === null ? 0 : of(total, at)];
    }),
  );
}

function memberOf(
  bySeed: readonly ReadonlyMap<string, number | null>[],
  policy: number,
  reference: number,
  seeds: readonly string[],
): Member {
  const values = [...bySeed[policy].values()];
  // A recovery beyond the end has no known length, so a mean without it would be too good.
  const isKnown = [policy, reference].every((i) => [...bySeed[i].values()].every((value) => value !== null));
  const both = seeds.filter((seed) => bySeed[policy].has(seed) && bySeed[reference].has(seed));
  if (policy === reference || !isKnown || both.length === 0)
    return { values, differences: seeds.map(() => undefined) };
  const pairs = both.map((seed) => ({
    reference: bySeed[reference].get(seed) as number,
    value: bySeed[policy].get(seed) as number,
  }));
  const differences = differencesOf(pairs);
  return { values, differences: seeds.map((seed) => differences[both.indexOf(seed)]) };
}

function knownMean(values: readonly (number | null)[]): number | undefined {
  const known = values.filter((value) => value !== null);
  return known.length < values.length || known.length === 0 ? undefined : meanInterval(known).mean;
}

function valueText(values: readonly (number | null)[], written: Written): string {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return 'not before the end';
  if (known.length < values.length)
    return `not before the end in ${values.length - known.length} of ${values.length} seeds`;
  return intervalText(meanInterval(known), written);
}

interface MeasuredCell extends ComparisonCell {
  /** Undefined if a seed has no value. */
  readonly mean: number | undefined;
}

interface Measure {
  readonly name: string;
  readonly cells: readonly MeasuredCell[];
}

/** Which policy recovered first, by how much, and with which confidence; and what stopped under each policy. */
function answerOf(
  policies: readonly ComparedPolicy[],
  reference: number,
  [stopped, ...recoveries]: readonly Measure[],
  { comparisons, last }: { readonly comparisons: number; readonly last: readonly string[] },
): Answer {
  if (policies.length < 2) return { lead: '', details: '' };
  const name = (i: number) => policies[i].name;
  const isEqual = ({ cells }: Measure) => new Set(cells.map(({ value }) => value)).size === 1;
  const equal = recoveries.filter(isEqual).at(-1);
  const different = recoveries.find((measure) => !isEqual(measure));
  const counts = stopped.cells.map(({ value }, i) => `${value} under ${name(i)}`);
  const first =
    different === undefined
      ? { lead: 'No policy recovered before another.', details: '' }
      : firstAnswer(different, name, reference, comparisons);
  const details = [
    first.details,
    equal === undefined
      ? ''
      : `Under every policy, ${equal.name} ${equal.cells[0].value} (last: ${listText(last)}).`,
    isEqual(stopped)
      ? `The fault stopped ${stopped.cells[0].value} tasks under every policy.`
      : `Tasks stopped: ${listText(counts)}.`,
  ];
  return { lead: first.lead, details: details.filter((text) => text !== '').join(' ') };
}

function firstAnswer(
  { name: what, cells }: Measure,
  name: (policy: number) => string,
  reference: number,
  comparisons: number,
): Answer {
  const known = cells.flatMap(({ mean }, i) => (mean === undefined ? [] : [{ mean, i }]));
  if (known.length === 0)
    return { lead: `Under no policy it is known when ${what.replace(/ after$/, '')}.`, details: '' };
  const [first] = known.sort((a, b) => a.mean - b.mean);
  const { value, difference, isSupported } = cells[first.i];
  const lead = `${name(first.i)} recovered first: ${what} ${value}`;
  if (first.i === reference) return { lead: `${lead}.`, details: laterText(cells, name, comparisons) };
  if (difference === '')
    return { lead: `${lead}.`, details: 'One run, or a run that did not recover, gives no interval.' };
  const corrected = `at 95 % after correction for ${pluralText(comparisons, 'difference')}`;
  return {
    lead: `${lead}, ${difference} against ${name(reference)}.`,
    details: isSupported
      ? `This difference is supported ${corrected}.`
      : `This difference is not supported ${corrected}; use more seeds.`,
  };
}

/** The differences of the other policies to a reference that recovered first. */
function laterText(
  cells: readonly MeasuredCell[],
  name: (policy: number) => string,
  comparisons: number,
): string {
  const later = cells.flatMap(({ difference, isSupported }, i) =>
    difference === '' ? [] : [`${name(i)} ${difference} (${isSupported ? 'supported' : 'not supported'})`],
  );
  if (later.length === 0) return '';
  return `Against it: ${listText(later)}, at 95 % after correction for ${pluralText(comparisons, 'difference')}.`;
}

/** The frameworks that came back last in any run. */
function lastFrameworks(faults: readonly FaultRecord[]): string[] {
  const names = faults.flatMap(({ total, losses }) =>
    losses.filter(({ full }) => full === total?.full).map(({ framework }) => framework),
  );
  return [...new Set(names)];
}

function whatText(faults: readonly FaultRecord[]): string {
  const [{ machines, racks, named, state }] = faults;
  const place = racks.length > 0 && racks.length <= 3 ? ` of ${listText(racks)}` : '';
  const which = place === '' && machines <= named.length ? ` (${listText(named)})` : '';
  const verb = state === 'off' ? 'stopped' : 'could not be reached';
  return `${pluralText(machines, 'machine')}${place}${which} ${verb}`;
}

/** `75.2s to 89.5s later`. */
function spanText(at: number, times: readonly number[], none: string): string {
  if (times.length === 0) return none;
  const text = (time: number) => durationText(fromSeconds(Number((time - at).toPrecision(3))));
  const [first, last] = [text(Math.min(...times)), text(Math.max(...times))];
  return first === last ? `${first} later` : `${first} to ${last} later`;
}
