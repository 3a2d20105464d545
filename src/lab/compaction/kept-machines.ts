import { randomInt } from 'd3-random';
import { InputError, type MachineSpec } from '../../model/index.js';
import { RandomStreams } from '../../sim/random-streams.js';

/**
 * The machines that a run keeps, in the order of their ranks. Which ones is a shuffle of the seed, as Borg's cell compaction removes random
 * machines; one machine more keeps the same ones and adds one.
 * @throws InputError when there are fewer than are to be kept.
 */
export function keptMachines(
  machines: readonly MachineSpec[],
  { machineCount, seed }: { readonly machineCount?: number; readonly seed: string },
): readonly MachineSpec[] {
  if (machineCount === undefined || machineCount === machines.length) return machines;
  if (!Number.isInteger(machineCount) || machineCount < 1 || machineCount > machines.length)
    throw InputError.expected(
      { field: 'machineCount' },
      machineCount,
      `from 1 to ${machines.length} machines`,
    );
  const order = Int32Array.from(machines, (_, rank) => rank);
  const draw = randomInt.source(new RandomStreams(seed).stream('compaction'));
  for (let i = order.length - 1; i > 0; i--) {
    const other = draw(i + 1)();
    [order[i], order[other]] = [order[other], order[i]];
  }
  return Array.from(order.subarray(0, machineCount).sort(), (rank) => machines[rank]);
}
