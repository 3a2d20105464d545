import { meanInterval } from '../../interval.js';
import type { Check } from '../study.js';
import { POOLS, SILOS } from './arrangements.js';
import type { Cell } from './cells.js';
import type { Replication } from './measure.js';
import type { Observation } from './observation.js';

/** What is claimed of pooling; `used` is of silos, the others of a pool. */
export type Claim = 'silos use 6-12 %' | '60 % less hardware' | 'above 90 % allocated' | 'above 90 % used';

/** A claim that holds in a cell, and of which arrangement. */
export type Holding = readonly [claim: Claim, arrangement: string];

/** The claims, each answered for the arrangements of one cell; a check passes when the answer is the one that the docs give. */
export function claimChecks(cell: Cell, replications: readonly Replication[]): readonly Check[] {
  const of = (arrangement: string, value: (observation: Observation) => number) =>
    replications.map(({ observations }) => value(observations.get(arrangement) as Observation));
  const answer = (
    claim: Claim,
    arrangement: string,
    published: string,
    values: readonly number[],
    holds: boolean,
  ) => answered(cell, claim, arrangement, { published, values, holds });
  const used = of(SILOS.name, (o) => o.used);
  return [
    answer('silos use 6-12 %', SILOS.name, '6-12 %', used, mean(used) >= 0.06 && mean(used) <= 0.12),
    ...POOLS.flatMap(({ name }) => {
      const silos = of(SILOS.name, (o) => o.machines);
      const saved = of(name, (o) => o.machines).map((machines, i) => 1 - machines / silos[i]);
      const allocated = of(name, (o) => o.allocated);
      const usedInPool = of(name, (o) => o.used);
      return [
        answer('60 % less hardware', name, '60 %', saved, mean(saved) >= 0.6),
        answer('above 90 % allocated', name, '> 90 %', allocated, mean(allocated) > 0.9),
        answer('above 90 % used', name, '> 90 %', usedInPool, mean(usedInPool) > 0.9),
      ];
    }),
  ];
}

function answered(
  cell: Cell,
  claim: Claim,
  arrangement: string,
  { published, values, holds }: { published: string; values: readonly number[]; holds: boolean },
): Check {
  const expected = cell.holds.some(([one, where]) => one === claim && where === arrangement);
  return {
    what: `${cell.name}: ${claim}, ${arrangement}`,
    published,
    ours: shareText(values),
    difference:
      holds === expected ? '' : `docs/silos-vs-sharing.md says that it ${expected ? 'holds' : 'does not'}`,
    passed: holds === expected,
    verdict: holds ? 'holds' : 'does not hold',
  };
}

/** Mean over seeds with its 95 % interval; of paired differences where the values are such. */
function shareText(values: readonly number[]): string {
  const { mean: centre, halfWidth = 0 } = meanInterval(values);
  return `${(centre * 100).toFixed(1)} ± ${(halfWidth * 100).toFixed(1)} %`;
}

function mean(values: readonly number[]): number {
  return meanInterval(values).mean;
}
