/** A way to share machines, as a policy and its settings. */
export interface Pool {
  readonly name: string;
  readonly policy: string;
  readonly set: Readonly<Record<string, string>>;
}

/** A cluster of its own for each framework; as many machines for each as a partition says. */
export const SILOS: Pool = { name: 'silos', policy: 'silos', set: {} };

/**
 * The pools that are held against silos. They differ in their policy alone, so one more (such as one that oversubscribes) is one more entry.
 */
export const POOLS: readonly Pool[] = [
  { name: 'pooled DRF', policy: 'drf', set: {} },
  { name: 'pooled bin-packing', policy: 'bin-packing', set: {} },
  // Services may stop batch tasks, which run again from zero.
  { name: 'pooled with eviction', policy: 'borg', set: {} },
];
