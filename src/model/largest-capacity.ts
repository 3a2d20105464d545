import type { MachineSpec } from './machine.js';

/** The most that any of the machines has of a dimension, in quanta; 0 without machines. */
export function largestCapacity(machines: readonly MachineSpec[], dimension: number): number {
  let most = 0;
  // Not by Math.max(...): there may be more machines than a call takes arguments.
  for (const { capacity } of machines) most = Math.max(most, capacity[dimension]);
  return most;
}
