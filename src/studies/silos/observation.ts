import { run } from '../../lab/run/node/run.js';
import type { RunSpec } from '../../lab/run/run-spec.js';
import type { Summary } from '../../metrics/catalogue/catalogue.js';
import { OWN_MACHINE_HOUR, type Pool, SILOS } from './arrangements.js';
import type { DataCentre } from './data-centre.js';
import type { Sizing } from './sizing.js';

/** Results of one arrangement under one seed. */
export interface Observation {
  /** Machines: the fewest that meet the objectives, and the number with headroom. */
  readonly fewest: number;
  readonly machines: number;
  /** Mean shares of the cores. */
  readonly allocated: number;
  readonly used: number;
  /** Seconds: the longest p99 wait of the instances of a service, and the p95 wait of batch tasks. */
  readonly serviceWait: number;
  readonly batchWait: number;
  /** Batch tasks preempted by services, per hour. */
  readonly evictionsPerHour: number;
  /** Tasks evicted from revocable resources, per hour. */
  readonly revocationsPerHour: number;
  /** Wasted task-hours per day. */
  readonly lostHoursPerDay: number;
  /** Cloud machine-hours per day, from order to return. */
  readonly rentedHoursPerDay: number;
  /** Cost per month of 730 hours, in the unit of the prices: rented machines and egress, and all machines. */
  readonly rentPerMonth: number;
  readonly costPerMonth: number;
}

/** Machines with headroom, at least one more unless the headroom is 0. */
export function withHeadroom(machines: number, headroom: number): number {
  return headroom === 0 ? machines : machines + Math.max(1, Math.ceil(machines * headroom - 1e-9));
}

/** A run of all frameworks on the machines of an arrangement. */
export interface Provision {
  readonly arrangement: Pool;
  readonly fewest: number;
  readonly machines: number;
  readonly spec: RunSpec;
}

/** Silos first, then the pools. The headroom is added to each silo separately, and once to a pool. */
export function provisions(
  centre: DataCentre,
  pools: readonly Pool[],
  sizing: Sizing,
  headroom: number,
  seed: string,
): readonly Provision[] {
  const silos = [...sizing.silos].map(([name, fewest]) => [name, withHeadroom(fewest, headroom)] as const);
  const partitions = silos.map(([name, machines]) => `${name}:${machines}`).join(',');
  const sum = (numbers: Iterable<number>) => [...numbers].reduce((a, b) => a + b, 0);
  const common = centre.spec(centre.frameworks, seed);
  const provision = (arrangement: Pool, fewest: number, machines: number): Provision => ({
    arrangement,
    fewest,
    machines,
    spec: {
      ...common,
      policy: arrangement.policy,
      set: {
        ...common.set,
        'cost.machineHour': String(OWN_MACHINE_HOUR),
        ...arrangement.set(centre),
      },
      machines: `${machines}x${centre.shape}`,
    },
  });
  return [
    provision(
      { ...SILOS, set: () => ({ partitions }) },
      sum(sizing.silos.values()),
      sum(silos.map(([, n]) => n)),
    ),
    ...pools.map((pool) => {
      const fewest = sizing.pools.get(pool.name) as number;
      return provision(pool, fewest, withHeadroom(fewest, headroom));
    }),
  ];
}

/** Runs all arrangements. The results are by name of the arrangement. */
export async function observe(
  centre: DataCentre,
  all: readonly Provision[],
): Promise<ReadonlyMap<string, Observation>> {
  const observations = new Map<string, Observation>();
  for (const { arrangement, fewest, machines, spec } of all) {
    const { summary } = await run(spec);
    observations.set(arrangement.name, { fewest, machines, ...observed(centre, summary) });
  }
  return observations;
}

function observed(centre: DataCentre, summary: Summary): Omit<Observation, 'fewest' | 'machines'> {
  const waits = (names: readonly string[], statistic: 'p95' | 'p99') =>
    Math.max(0, ...names.map((name) => summary.byFramework[name]?.wait[statistic] ?? 0));
  const { cpus } = summary.utilization;
  const hours = summary.run.length / 3600;
  const { rented = 0, egress = 0, rentedHours = 0, perMonth = 0 } = summary.cost ?? {};
  return {
    allocated: cpus.allocated.mean,
    used: cpus.used?.mean ?? Number.NaN,
    serviceWait: waits(
      centre.frameworks.filter((name) => !centre.isBatch(name)),
      'p99',
    ),
    batchWait: waits(centre.frameworks.filter(centre.isBatch), 'p95'),
    evictionsPerHour: (summary.evictions?.preempted ?? 0) / hours,
    revocationsPerHour: (summary.evictions?.revoked ?? 0) / hours,
    lostHoursPerDay: (summary.recovery.lostWork / 3600 / hours) * 24,
    rentedHoursPerDay: (rentedHours / hours) * 24,
    rentPerMonth: ((rented + egress) / hours) * 730,
    costPerMonth: perMonth,
  };
}
