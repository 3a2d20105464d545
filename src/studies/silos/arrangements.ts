import type { DataCentre } from './data-centre.js';

/** A way to share machines, as a policy and its settings. */
export interface Pool {
  readonly name: string;
  readonly policy: string;
  /** Settings beside those of the workload, as of `--set`. */
  readonly set: (centre: DataCentre) => Readonly<Record<string, string>>;
}

/** A cluster of its own for each framework; as many machines for each as a partition says. */
export const SILOS: Pool = { name: 'silos', policy: 'silos', set: () => ({}) };

/** The pools compared with silos in every cell. They differ only in their policy. */
export const POOLS: readonly Pool[] = [
  { name: 'pooled DRF', policy: 'drf', set: () => ({}) },
  { name: 'pooled bin-packing', policy: 'bin-packing', set: () => ({}) },
  // Services may stop batch tasks, which run again from zero.
  { name: 'pooled with eviction', policy: 'borg', set: () => ({}) },
];

/**
 * The pools that have more room than their machines, in the cells that ask for them. Each is the pool with eviction and one thing more, so that
 * what this one thing does is the difference from it.
 */
export const STRETCHED_POOLS: readonly Pool[] = [
  { name: 'pooled with oversubscription', policy: 'borg', set: oversubscribed },
  { name: 'pooled with burst', policy: 'borg', set: bursting },
];

/** Price of an hour of a machine of one's own; a proposal, that of scenarios/cloud-burst.yaml. */
export const OWN_MACHINE_HOUR = 0.4;

/** Batch tasks may run in what others were given and do not use, and are stopped when it is used. */
function oversubscribed({ frameworks, isBatch }: DataCentre): Readonly<Record<string, string>> {
  return { 'oversubscription.revocable': frameworks.filter(isBatch).join(',') };
}

/**
 * Half of what batch tasks may wait in most cells (proposal): machines are rented where the objective would break, not for every queue.
 */
const GROW_AFTER = '15m';

/** Batch tasks may go to a cloud of at most twice the machines that all need on average (proposal); services may not. */
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
