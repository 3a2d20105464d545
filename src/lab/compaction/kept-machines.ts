import { randomInt } from 'd3-random';
import { InputError, type MachineSpec } from '../../model/index.js';
import { RandomStreams } from '../../sim/random-streams.js';

/**
 * The machines that a run keeps, in the order of their ranks. They are the first of a shuffle by the seed, because Borg's cell
 * compaction removes random machines. A larger number keeps the same machines and adds others.
 * @throws InputError when more machines are wanted than there are.
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
