import { CONFIDENCE, meanInterval } from '../../results/statistics/mean-interval.js';
import { differencesOf } from '../../results/statistics/paired-difference.js';
import { correctForNumber } from '../../results/statistics/simultaneous.js';
import type { Check } from '../study.js';
import { SILOS, STRETCHED_POOLS } from './arrangements.js';
import type { Cell } from './cells.js';
import type { Replication } from './measure.js';
import type { Observation } from './observation.js';
import type { BlastRadius } from './rack-failure.js';

/** Costs without published values: one row per figure, one value per arrangement (silos first, then the pools of the cell). */
const ROWS: readonly (readonly [
  what: string,
  value: (observation: Observation) => number,
  digits: number,
])[] = [
  ['machines needed for the objectives', (o) => o.fewest, 1],
  ['machines with headroom', (o) => o.machines, 1],
  ['p99 wait of an instance of a service, s', (o) => o.serviceWait, 1],
  ['p95 wait of a batch task, s', (o) => o.batchWait, 0],
  ['batch tasks preempted by services, per hour', (o) => o.evictionsPerHour, 2],
  ['batch tasks evicted because usage rose, per hour', (o) => o.revocationsPerHour, 2],
  ['wasted task-hours per day', (o) => o.lostHoursPerDay, 2],
  ['rented machine-hours per day', (o) => o.rentedHoursPerDay, 1],
  ['rent and egress per month', (o) => o.rentPerMonth, 0],
  ['owned and rented machines, cost per month', (o) => o.costPerMonth, 0],
];

const BLAST_ROWS: readonly (readonly [
  what: string,
  value: (blast: BlastRadius) => number,
  digits: number,
])[] = [
  ['a rack fails: services that lose instances', (b) => b.hit, 1],
  ['a rack fails: services that are down', (b) => b.down, 1],
  ['a rack fails: longest time down, s', (b) => b.longestDown, 0],
  ['a rack fails: p95 until a task runs again, s', (b) => b.restart, 0],
];

/** The cost of pooling in a cell, compared with silos; there are no published figures. */
export function costRows(cell: Cell, replications: readonly Replication[]): readonly Check[] {
  const observed = ROWS.map(([what, value, digits]) =>
    row(cell, what, (name) => numbers(replications, name, ({ observations }) => observations, value), digits),
  );
  const differences = STRETCHED_POOLS.some(({ name }) => cell.pools.some((pool) => pool.name === name))
    ? [costDifferences(cell, replications)]
    : [];
  if (!cell.failsRack) return [...observed, ...differences];
  const blasts = BLAST_ROWS.map(([what, value, digits]) =>
    row(
      cell,
      what,
      (name) => numbers(replications, name, (replication) => replication.blasts, value),
      digits,
    ),
  );
  return [...observed, ...differences, ...blasts];
}

/** The pool to which each other arrangement is compared: the stretched pools add one mechanism to it. */
const REFERENCE = 'pooled with eviction';

/**
 * The cost per month, less that of the pool with eviction, in pairs of one seed: mean, half-width of the simultaneous interval, and that of
 * the interval alone.
 */
function costDifferences(cell: Cell, replications: readonly Replication[]): Check {
  const arrangements = [SILOS, ...cell.pools].map(({ name }) => name);
  const costs = (name: string) =>
    numbers(
      replications,
      name,
      ({ observations }) => observations,
      ({ costPerMonth }) => costPerMonth,
    );
  const reference = costs(REFERENCE);
  const family = arrangements.map((name) =>
    differencesOf(costs(name).map((value, i) => ({ reference: reference[i], value }))),
  );
  const { corrected } = correctForNumber(family, { confidence: CONFIDENCE, seed: `silos/${cell.name}` });
  const text = family.map((differences, i) => {
    const { mean, halfWidth = 0 } = meanInterval(differences);
    const simultaneous = corrected[i]?.halfWidth;
    if (simultaneous === undefined) return mean.toFixed(0);
    return `${mean.toFixed(0)} ± ${simultaneous.toFixed(0)} (${halfWidth.toFixed(0)})`;
  });
  return reported(`${cell.name}: cost per month, less that of the pool with eviction`, text, arrangements);
}

function numbers<T>(
  replications: readonly Replication[],
  arrangement: string,
  of: (replication: Replication) => ReadonlyMap<string, T>,
  value: (of: T) => number,
): readonly number[] {
  return replications.map((replication) => value(of(replication).get(arrangement) as T));
}

function row(
  cell: Cell,
  what: string,
  values: (arrangement: string) => readonly number[],
  digits: number,
): Check {
  const arrangements = [SILOS, ...cell.pools].map(({ name }) => name);
  const text = arrangements.map((name) => {
    const { mean, halfWidth = 0 } = meanInterval(values(name));
    return `${mean.toFixed(digits)} ± ${halfWidth.toFixed(digits)}`;
  });
  return reported(`${cell.name}: ${what}`, text, arrangements);
}

/** A row without published values. */
function reported(what: string, text: readonly string[], arrangements: readonly string[]): Check {
  return {
    what,
    published: '',
    ours: text.join(' | '),
    difference: arrangements.join(' | '),
    passed: true,
    verdict: 'reported',
  };
}
