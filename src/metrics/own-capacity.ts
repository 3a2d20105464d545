import type { Cluster } from '../model/index.js';

/** Capacity of the machines that are there for good, whatever their state, in quanta of a dimension: what shares of the cluster are shares of. */
export function ownCapacity({ machines, space }: Cluster, dimension: number): number {
  let capacity = 0;
  for (let machine = 0; machine < machines.count; machine++)
    if ((machines.specs[machine].supply ?? 'own') === 'own')
      capacity += machines.capacity[machine * space.size + dimension];
  return capacity;
}
