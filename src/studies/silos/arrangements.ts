import type { DataCentre } from './data-centre.js';

/** An arrangement of machines: a policy with its settings. */
export interface Pool {
  readonly name: string;
  readonly policy: string;
  /** Settings in addition to those of the workload, as in `--set`. */
  readonly set: (centre: DataCentre) => Readonly<Record<string, string>>;
}

/** Each framework has its own cluster; partitions set the sizes. */
export const SILOS: Pool = { name: 'silos', policy: 'silos', set: () => ({}) };

/** The pools compared with silos in every cell. They differ only in their policy. */
export const POOLS: readonly Pool[] = [
  { name: 'pooled DRF', policy: 'drf', set: () => ({}) },
  { name: 'pooled bin-packing', policy: 'bin-packing', set: () => ({}) },
  // Services may preempt batch tasks, which then restart from zero.
  { name: 'pooled with eviction', policy: 'borg', set: () => ({}) },
];

/**
 * Pools with more capacity than their own machines, used in some cells. Each adds one mechanism to the pool with eviction, so that
 * the difference between the two is the effect of this mechanism.
 */
export const STRETCHED_POOLS: readonly Pool[] = [
  { name: 'pooled with oversubscription', policy: 'borg', set: oversubscribed },
  { name: 'pooled with burst', policy: 'borg', set: bursting },
];

/** Price of one hour of an owned machine, as in scenarios/cloud-burst.yaml (proposal). */
export const OWN_MACHINE_HOUR = 0.4;

/** Batch tasks may run on allocated but unused resources. They are evicted when the usage rises. */
function oversubscribed({ frameworks, isBatch }: DataCentre): Readonly<Record<string, string>> {
  return { 'oversubscription.revocable': frameworks.filter(isBatch).join(',') };
}

/** Half of the allowed batch wait in most cells (proposal): machines are rented only if the objective is at risk, not for every queue. */
const GROW_AFTER = '15m';

/** Batch tasks, but not services, may use a cloud of at most twice the mean demand in machines (proposal). */
function bursting({
  frameworks,
  isBatch,
  meanMachines,
  shape,
}: DataCentre): Readonly<Record<string, string>> {
  return {
    'cloud.machines': `${Math.ceil(2 * meanMachines(frameworks))}x${shape}`,
    'cloud.growAfter': GROW_AFTER,
    'cloud.onPremises': frameworks.filter((name) => !isBatch(name)).join(','),
  };
}
