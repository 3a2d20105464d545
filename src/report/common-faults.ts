import type { FaultRecord, RecoveryRecord } from '../metrics/fault-records.js';
import { durationText, fromSeconds } from '../model/index.js';
import { differenceText, intervalText } from '../results/interval-text.js';
import { listText, pluralText } from '../results/metric-text.js';
import { CONFIDENCE, meanInterval } from '../results/statistics/mean-interval.js';
import { differencesOf, pairedDifference } from '../results/statistics/paired-difference.js';
import { correctForNumber, type DifferencesBySeed } from '../results/statistics/simultaneous.js';
import type { ComparedPolicy } from './compared-policy.js';
import type { CommonFault, ComparisonCell } from './report-data.js';

/** More faults are not compared one by one. */
const MOST_COMPARED = 12;

const SECONDS = { unit: 's' } as const;

/** What is compared of the recovery from a fault, in seconds after it. */
const MEASURES = [
  { name: 'half of the stopped tasks ran again after', of: (total: RecoveryRecord) => total.half },
  { name: 'all stopped tasks ran again after', of: (total: RecoveryRecord) => total.running },
  { name: 'every service was full again after', of: (total: RecoveryRecord) => total.full },
] as const;

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
      const bySeed = policies.map((policy) => secondsBySeed(policy, at, of));
      return policies.map((_, i) => memberOf(bySeed, i, reference, seeds));
    }),
  );
  const family = members.flat(2);
  const { corrected, comparisons } = correctForNumber(
    family.map(({ differences }) => differences),
    { confidence: CONFIDENCE, seed: 'faults' },
  );
  const cellOf = (member: Member): ComparisonCell & { readonly mean: number | undefined } => {
    const one = pairedDifference(member.differences.filter((value) => value !== undefined));
    const fixed = corrected[family.indexOf(member)];
    const isSupported = fixed !== undefined && fixed.p <= 1 - CONFIDENCE;
    const difference = one === undefined ? undefined : { ...one, corrected: fixed, isSupported };
    return {
      value: recoveryText(member.values),
      difference: differenceText(difference, SECONDS),
      isSupported,
      mean: knownMean(member.values),
    };
  };
  return times.map((at, place) => {
    const faults = policies.flatMap(({ records }) =>
      records.map((record) => faultAt(record.faults.faults, at)),
    );
    const measures = MEASURES.map(({ name }, i) => ({ name, cells: members[place][i].map(cellOf) }));
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
      answer: answerOf(policies, reference, measures, comparisons),
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

/** Seconds after the fault, by seed; null if it took beyond the end of the run, 0 if nothing stopped. */
function secondsBySeed(
  { records }: ComparedPolicy,
  at: number,
  of: (total: RecoveryRecord) => number | null,
): ReadonlyMap<string, number | null> {
  return new Map(
    records.map(({ summary, faults }) => {
      const { total } = faultAt(faults.faults, at);
      const time = total === null ? at : of(total);
      return [summary.run.seed, time === null ? null : time - at];
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

function recoveryText(values: readonly (number | null)[]): string {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return 'not before the end';
  if (known.length < values.length)
    return `not before the end in ${values.length - known.length} of ${values.length} seeds`;
  return intervalText(meanInterval(known), SECONDS);
}

type Measure = {
  readonly name: string;
  readonly cells: readonly (ComparisonCell & { readonly mean: number | undefined })[];
};

/** Which policy recovered first, by how much, and with which confidence: by the last measure in which policies differ. */
function answerOf(
  policies: readonly ComparedPolicy[],
  reference: number,
  measures: readonly Measure[],
  comparisons: number,
): string {
  if (policies.length < 2) return '';
  const name = (i: number) => policies[i].name;
  const equal = measures.filter(({ cells }) => new Set(cells.map(({ value }) => value)).size === 1);
  const equalText = equal.map(({ name: what, cells }) => `Under every policy, ${what} ${cells[0].value}.`);
  const told = measures.filter((measure) => !equal.includes(measure));
  const texts = told.map(({ name: what, cells }) => {
    const known = cells.flatMap(({ mean }, i) => (mean === undefined ? [] : [{ mean, i }]));
    if (known.length === 0) return `No policy came to the point where ${what.replace(/ after$/, '')}.`;
    const [first] = known.sort((a, b) => a.mean - b.mean);
    const { value, difference, isSupported } = cells[first.i];
    const lead = `Under ${name(first.i)}, ${what} ${value}`;
    if (first.i === reference) return `${lead}: first, but no other policy is shown to be later.`;
    if (difference === '') return `${lead}: first.`;
    const sure = isSupported
      ? `supported at 95 % after correction for ${pluralText(comparisons, 'difference')}`
      : `not supported at 95 % after correction for ${pluralText(comparisons, 'difference')}; use more seeds`;
    return `${lead}: first, ${difference} against ${name(reference)} (${sure}).`;
  });
  return [...texts.slice(0, 1), ...equalText.slice(-1), ...texts.slice(1)].join(' ');
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
