import type { z } from 'zod';
import { TenantMetrics } from '../../../metrics/collectors/tenant-metrics.js';
import type { MachineSpec, ResourceSpace } from '../../../model/index.js';
import type { ClusterPart } from '../../run/run-plan.js';
import type { Extension } from '../extension.js';
import {
  checkTenants,
  measuredTenants,
  ownShares,
  plainTenants,
  policyRoles,
  spreadShare,
  type Tenant,
  tenantsSchema,
} from './tenants.js';

/** The tenants that share the cluster. `run-tenants.ts` adds a separate run of each tenant. */
export const tenants = {
  name: 'tenants',
  scenarioKeys: (zod: typeof z) => ({ tenants: tenantsSchema(zod).optional() }),

  part: ({ spec, space, wholeCluster }) =>
    spec.alone === undefined ? undefined : aloneShare(spec.alone, spec.tenants ?? [], space, wholeCluster),

  // A tenant alone needs no quota.
  policySettings: ({ spec, policy }) =>
    spec.alone === undefined ? policyRoles(policy, spec.tenants ?? []) : {},

  namesFrameworks: ({ tenants: all = [] }) => all.length > 0,

  check({ spec, space, wholeCluster }, frameworks) {
    checkTenants(spec.tenants ?? [], frameworks, space, totalOf(space, wholeCluster));
  },

  plan({ spec, space, wholeCluster, cluster }) {
    if (spec.tenants === undefined || spec.tenants.length === 0) return {};
    const measured = measuredTenants(spec.tenants, space, totalOf(space, wholeCluster));
    const metrics = new TenantMetrics(cluster, measured);
    return {
      observers: [metrics],
      warmUpEnded: (now) => metrics.warmUpEnded(now),
      ended: () => ({ tenants: metrics }),
    };
  },

  describe: ({ spec: { tenants: all = [] } }) => (all.length === 0 ? {} : { tenants: plainTenants(all) }),
} satisfies Extension;

/** The frameworks of this tenant, and the machines of its entitled share of the cluster. */
function aloneShare(
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
function totalOf(space: ResourceSpace, specs: readonly MachineSpec[]): Float64Array {
  const total = new Float64Array(space.size);
  for (const { capacity } of specs) for (let d = 0; d < space.size; d++) total[d] += capacity[d];
  return total;
}
