import type { MachineSpec, ResourceSpace } from '../../../model/index.js';
import type { Outage } from '../../../sim/failures/outage.js';
import { ownShares, spreadShare, type Tenant } from './tenants.js';

/** What a tenant has for itself: its frameworks, and the machines (by their ranks in the whole cluster) that are its own share. */
export interface AloneCut {
  readonly frameworks: ReadonlySet<string>;
  readonly machines: readonly number[];
}

/** The cut of the tenant of that name. */
export function aloneCut(
  name: string,
  tenants: readonly Tenant[],
  space: ResourceSpace,
  specs: readonly MachineSpec[],
): AloneCut {
  const place = tenants.findIndex((tenant) => tenant.name === name);
  const share = ownShares(tenants, space, totalOf(space, specs))[place];
  return { frameworks: new Set(tenants[place].frameworks), machines: spreadShare(specs.length, share) };
}

/** Quanta of all machines, per dimension. */
export function totalOf(space: ResourceSpace, specs: readonly MachineSpec[]): Float64Array {
  const total = new Float64Array(space.size);
  for (const { capacity } of specs) for (let d = 0; d < space.size; d++) total[d] += capacity[d];
  return total;
}

/** The outages of the whole cluster as those machines meet them that are left, by their new ranks. */
export function outagesOfCut(outages: readonly Outage[], { machines }: AloneCut): Outage[] {
  const rank = new Map(machines.map((machine, place) => [machine, place]));
  return outages.map((outage) => ({
    ...outage,
    machines: outage.machines.flatMap((machine) => rank.get(machine) ?? []),
  }));
}
