/** Index of a machine in the ledger; also its rank, which decides ties: the lowest rank wins. */
export type MachineId = number;

/**
 * up: takes tasks. draining: keeps its tasks, takes no new ones. unreachable: the master has lost sight of it; its tasks may
 * run on. down: nothing runs on it.
 */
export type MachineState = 'up' | 'draining' | 'unreachable' | 'down';

/** The states in the order of their codes in the ledger. */
export const MACHINE_STATES: readonly MachineState[] = ['up', 'draining', 'unreachable', 'down'];

/** What is known of a host when it joins. `capacity` is in quanta, one entry per dimension of the run's resource space. */
export interface MachineSpec {
  readonly name: string;
  readonly capacity: ArrayLike<number>;
  /** Rack, zone, shape, GPU model …: what placement constraints are about. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** Price of an hour of this machine, in any one currency. */
  readonly pricePerHour?: number;
}
