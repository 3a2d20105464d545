import type { Micros } from '../micros.js';

/** Devices of one machine as a bit mask: bit i is device i. So a machine has at most 31 devices. */
export type DeviceMask = number;

export const MAX_DEVICES = 31;

/** Quanta of a whole GPU device. */
export const WHOLE_DEVICE = 1000;

/** Index of a machine in the ledger; also its rank, which decides ties: the lowest rank wins. */
export type MachineId = number;

/**
 * State of a machine.
 * - up: takes tasks.
 * - draining: keeps its tasks but takes no new ones.
 * - unreachable: the master cannot reach it; its tasks may keep running.
 * - down: nothing runs on it.
 * - off: switched off. starting, stopping: on the way up or down. Nothing runs on it.
 * - absent: not in the cluster, because it is added later or was removed.
 */
export type MachineState =
  | 'up'
  | 'draining'
  | 'unreachable'
  | 'down'
  | 'off'
  | 'starting'
  | 'stopping'
  | 'absent';

/** The states in the order of their codes in the ledger. */
export const MACHINE_STATES: readonly MachineState[] = [
  'up',
  'draining',
  'unreachable',
  'down',
  'off',
  'starting',
  'stopping',
  'absent',
];

/** May tasks be on a machine in this state? Only then does its capacity count. */
export function hasCapacity(state: MachineState): boolean {
  return state === 'up' || state === 'draining' || state === 'unreachable';
}

/** Is a machine in this state switched off, on its way up or down, or not in the cluster? Failures do not change such a state. */
export function isOutOfService(state: MachineState): boolean {
  return state === 'off' || state === 'starting' || state === 'stopping' || state === 'absent';
}

/** The power of a machine that can be switched off and on. */
export interface MachinePowerSpec {
  readonly startUp: Micros;
  readonly shutDown: Micros;
}

/** Speeds of a machine relative to the reference type, each in LEAST_SPEED to MOST_SPEED. */
export interface MachineSpeeds {
  /** For tasks of all other classes. */
  readonly all: number;
  /** By speed class of tasks. */
  readonly byClass: Readonly<Record<string, number>>;
}

/** Bounds of a speed. Beyond them it is taken for a mistake, such as a clock rate in MHz. */
export const LEAST_SPEED = 0.001;
/** See LEAST_SPEED. */
export const MOST_SPEED = 1000;

/** Watts that a machine takes: without tasks, and fully allocated. */
export interface MachineWatts {
  readonly idle: number;
  readonly full: number;
}

/**
 * Source of a machine's resources.
 * - own: a permanent machine.
 * - revocable: allocated but unused resources of another machine, as a separate row. They may be revoked at any time.
 * - rented: a cloud machine, paid while it is rented.
 */
export type MachineSupply = 'own' | 'revocable' | 'rented';

/** Description of a machine when it joins. `capacity` is in quanta, one entry per dimension of the run's resource space. */
export interface MachineSpec {
  readonly name: string;
  readonly capacity: ArrayLike<number>;
  /** Attributes for placement constraints: rack, zone, shape, GPU model and others. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** own when left out; also the value of the attribute `supply`. */
  readonly supply?: MachineSupply;
  /** The machine that hosts a revocable one. */
  readonly host?: MachineId;
  /** Price of this machine per hour, in any one currency. */
  readonly pricePerHour?: number;
  /** Left out for the reference type, whose speed is 1. */
  readonly speeds?: MachineSpeeds;
  /** It is added during the run, and is absent until then. */
  readonly joinsLater?: true;
  /** Left out when it cannot be switched off. */
  readonly power?: MachinePowerSpec;
  /** Left out when unknown. */
  readonly watts?: MachineWatts;
}

/** The largest capacity of any machine in a dimension, in quanta; 0 without machines. */
export function largestCapacity(machines: readonly MachineSpec[], dimension: number): number {
  let most = 0;
  // Not Math.max(...), because there may be more machines than a call can have arguments.
  for (const { capacity } of machines) most = Math.max(most, capacity[dimension]);
  return most;
}
