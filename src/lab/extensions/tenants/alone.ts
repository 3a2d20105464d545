import type { MachineSpec, ResourceSpace } from '../../../model/index.js';
import type { ClusterPart } from '../../run/run-plan.js';
import { ownShares, spreadShare, type Tenant } from './tenants.js';

/** The frameworks of this tenant, and the machines of its entitled share of the cluster. */
export function aloneShare(
  name: string,
  tenants: readonly Tenant[],
  space: ResourceSpace,
  specs: readonly MachineSpec[],
): ClusterPart {
  const place = tenants.findIndex((tenant) => tenant.name === name);
  const share = ownShares(tenants, space, totalOf(space, specs))[place];
  return { frameworks: new Set(tenants[place].frameworks), machines: spreadShare(specs.length, share) };
}

/** Total capacity of all machines, in quanta per dimension. */
export function totalOf(space: ResourceSpace, specs: readonly MachineSpec[]): Float64Array {
  const total = new Float64Array(space.size);
  for (const { capacity } of specs) for (let d = 0; d < space.size; d++) total[d] += capacity[d];
  return total;
}
