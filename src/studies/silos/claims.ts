import { pluralText } from '../../results/metric-text.js';
import { CONFIDENCE, type MeanInterval, meanInterval } from '../../results/statistics/mean-interval.js';
import { correctForNumber } from '../../results/statistics/simultaneous.js';
import type { Check } from '../study.js';
import type { Answer, Claim } from './answers.js';
import { SILOS } from './arrangements.js';
import type { Cell } from './cells.js';
import type { Replication } from './measure.js';
import type { Observation } from './observation.js';

/** A claimed range of a share, ends included. */
interface Range {
  readonly text: string;
  readonly least: number;
  readonly most: number;
}

const RANGES: Readonly<Record<Claim, Range>> = {
  'silos use 6-12 %': { text: '6-12 %', least: 0.06, most: 0.12 },
  '60 % less hardware': { text: '60 %', least: 0.6, most: 1 },
  'above 90 % allocated': { text: '> 90 %', least: 0.9, most: 1 },
  'above 90 % used': { text: '> 90 %', least: 0.9, most: 1 },
};

/** The values of one claim for one arrangement, by seed. */
interface Judged {
  readonly claim: Claim;
  readonly arrangement: string;
  readonly values: readonly number[];
}

/**
 * The answers to the claims for the arrangements of one cell. All answers of a cell are one family: with 95 %, all its intervals
 * hold together. A check passes when its answer agrees with the docs.
 */
export function claimChecks(cell: Cell, replications: readonly Replication[]): readonly Check[] {
  const family = judged(cell, replications);
  const { corrected } = correctForNumber(
    family.map(({ values }) => values),
    { confidence: CONFIDENCE, seed: `silos/${cell.name}/claims` },
  );
  return family.map((one, i) => claimCheck(cell, one, corrected[i]?.halfWidth));
}

function judged(cell: Cell, replications: readonly Replication[]): readonly Judged[] {
  const of = (arrangement: string, value: (observation: Observation) => number) =>
    replications.map(({ observations }) => value(observations.get(arrangement) as Observation));
  const silos = of(SILOS.name, (o) => o.machines);
  return [
    { claim: 'silos use 6-12 %', arrangement: SILOS.name, values: of(SILOS.name, (o) => o.used) },
    ...cell.pools.flatMap(({ name }): Judged[] => {
      const machines = of(name, (o) => o.machines);
      return [
        // Both arrangements have the same arrivals under a seed, so the values are paired.
        {
          claim: '60 % less hardware',
          arrangement: name,
          values: machines.map((count, i) => 1 - count / silos[i]),
        },
        { claim: 'above 90 % allocated', arrangement: name, values: of(name, (o) => o.allocated) },
        { claim: 'above 90 % used', arrangement: name, values: of(name, (o) => o.used) },
      ];
    }),
  ];
}

function claimCheck(cell: Cell, { claim, arrangement, values }: Judged, halfWidth?: number): Check {
  const range = RANGES[claim];
  const interval = { ...meanInterval(values), halfWidth };
  const answer = answerOf(interval, range);
  const known = cell.answers.find(([one, where]) => one === claim && where === arrangement);
  const expected = known?.[2] ?? 'does not hold';
  return {
    what: `${cell.name}: ${claim}, ${arrangement}`,
    published: range.text,
    ours: `${percentText(interval)}, ${pluralText(values.length, 'seed')}`,
    difference: answer === expected ? '' : `was: ${expected}; docs/silos-vs-sharing.md is out of date`,
    passed: answer === expected,
    verdict: answer,
  };
}

/** Compares an interval with a range. */
export function answerOf(
  { mean, halfWidth = 0 }: MeanInterval,
  { least, most }: Pick<Range, 'least' | 'most'>,
): Answer {
  const [low, high] = [mean - halfWidth, mean + halfWidth];
  if (low >= least && high <= most) return 'holds';
  return high < least || low > most ? 'does not hold' : 'undecided';
}

function percentText({ mean, halfWidth = 0 }: MeanInterval): string {
  return `${(mean * 100).toFixed(1)} ± ${(halfWidth * 100).toFixed(1)} %`;
}
