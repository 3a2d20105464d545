import type { z } from 'zod';
import { TenantMetrics } from '../../../metrics/collectors/tenant-metrics.js';
import { tenantSummaries } from '../../../metrics/summary/tenant-summary.js';
import type { Extension } from '../extension.js';
import { aloneShare, totalOf } from './alone.js';
import { checkTenants, measuredTenants, plainTenants, policyRoles, tenantsSchema } from './tenants.js';

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
      summary: ({ start, end }) => ({ byTenant: tenantSummaries(metrics, end - start) }),
    };
  },

  describe: ({ spec: { tenants: all = [] } }) => (all.length === 0 ? {} : { tenants: plainTenants(all) }),
} satisfies Extension;
