import { type MeanInterval, meanInterval } from '../../results/statistics/mean-interval.js';
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

/** The answers to the claims for the arrangements of one cell. A check passes when its answer agrees with the docs. */
export function claimChecks(cell: Cell, replications: readonly Replication[]): readonly Check[] {
  const of = (arrangement: string, value: (observation: Observation) => number) =>
    replications.map(({ observations }) => value(observations.get(arrangement) as Observation));
  const silos = of(SILOS.name, (o) => o.machines);
  return [
    claimCheck(
      cell,
      'silos use 6-12 %',
      SILOS.name,
      of(SILOS.name, (o) => o.used),
    ),
    ...cell.pools.flatMap(({ name }) => [
      // Both arrangements have the same arrivals under a seed, so the values are paired.
      claimCheck(
        cell,
        '60 % less hardware',
        name,
        of(name, (o) => o.machines).map((machines, i) => 1 - machines / silos[i]),
      ),
      claimCheck(
        cell,
        'above 90 % allocated',
        name,
        of(name, (o) => o.allocated),
      ),
      claimCheck(
        cell,
        'above 90 % used',
        name,
        of(name, (o) => o.used),
      ),
    ]),
  ];
}

function claimCheck(cell: Cell, claim: Claim, arrangement: string, values: readonly number[]): Check {
  const range = RANGES[claim];
  const interval = meanInterval(values);
  const answer = answerOf(interval, range);
  const known = cell.answers.find(([one, where]) => one === claim && where === arrangement);
  const expected = known?.[2] ?? 'does not hold';
  return {
    what: `${cell.name}: ${claim}, ${arrangement}`,
    published: range.text,
    ours: percentText(interval),
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
