/**
 * How many machines would hold what waits, if it could be cut at will: the most over all resources, rounded up. `waiting` and `capacity` are in quanta per
 * dimension; a resource that the machines do not have is left out, because what needs it is not for them.
 */
export function machinesFor(waiting: ArrayLike<number>, capacity: ArrayLike<number>): number {
  let machines = 0;
  for (let d = 0; d < capacity.length; d++)
    if (capacity[d] > 0) machines = Math.max(machines, Math.ceil(waiting[d] / capacity[d]));
  return machines;
}
