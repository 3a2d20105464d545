/** Devices of one machine as a bit mask: bit i is device i. Hence at most 31 devices per machine. */
export type DeviceMask = number;

export const MAX_DEVICES = 31;

/** Quanta of a whole GPU device. */
export const WHOLE_DEVICE = 1000;

/** Index of a machine in the ledger; also its rank, which decides ties: the lowest rank wins. */
export type MachineId = number;

/**
 * up: takes tasks. draining: keeps its tasks, takes no new ones. unreachable: the master has lost sight of it; its tasks may
 * run on. down: nothing runs on it.
 */
export type MachineState = 'up' | 'draining' | 'unreachable' | 'down';

/** The states in the order of their codes in the ledger. */
export const MACHINE_STATES: readonly MachineState[] = ['up', 'draining', 'unreachable', 'down'];

/**
 * Where the room of a machine comes from. own: a machine that is there for good. revocable: room of another machine that its tasks were given and do
 * not use, as a row of its own; it may be taken back at any time. rented: a machine of a cloud, paid while it is there.
 */
export type MachineSupply = 'own' | 'revocable' | 'rented';

/** What is known of a host when it joins. `capacity` is in quanta, one entry per dimension of the run's resource space. */
export interface MachineSpec {
  readonly name: string;
  readonly capacity: ArrayLike<number>;
  /** Rack, zone, shape, GPU model …: what placement constraints are about. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** own when left out; also the value of the attribute `supply`. */
  readonly supply?: MachineSupply;
  /** The machine whose room a revocable one is. */
  readonly host?: MachineId;
  /** Price of an hour of this machine, in any one currency. */
  readonly pricePerHour?: number;
}

/** The most that any of the machines has of a dimension, in quanta; 0 without machines. */
export function largestCapacity(machines: readonly MachineSpec[], dimension: number): number {
  let most = 0;
  // Not by Math.max(...): there may be more machines than a call takes arguments.
  for (const { capacity } of machines) most = Math.max(most, capacity[dimension]);
  return most;
}
