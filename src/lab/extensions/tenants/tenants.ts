import { z } from 'zod';
import type { MeasuredTenant } from '../../../metrics/collectors/tenant-metrics.js';
import { InputError, isRolePath, type ParameterValue, type ResourceSpace } from '../../../model/index.js';
import type { Policy } from '../../../policies/policy.js';
import { parseAmounts } from '../../../workloads/machines.js';

const name = z.union([z.string(), z.number()]).transform(String);

/** The tenants of a scenario, by role. */
export const tenantsSchema = z
  .record(
    z.string(),
    z.strictObject({
      frameworks: z.array(name).min(1).describe('whose tasks are charged to the tenant'),
      weight: z.number().positive().default(1).describe('in the shares: twice the weight, twice the share'),
      guarantee: name.optional().describe('what is held back for it, such as 200cpu/800GiB'),
      limit: name.optional().describe('what it never has more than, likewise'),
    }),
  )
  .describe('who shares the cluster: roles with weights and quota');

/** Amounts in units (cores, MiB, devices) by resource. */
type Amounts = Readonly<Record<string, number>>;

/** One of those who share a cluster: a role, its frameworks, and what it is promised. Plain data. */
export interface Tenant {
  readonly name: string;
  readonly frameworks: readonly string[];
  readonly weight: number;
  /** Empty for nothing. */
  readonly guarantee: Amounts;
  readonly limit: Amounts;
}

/** The tenants that a file describes. @throws InputError */
export function tenantsOf(section: z.output<typeof tenantsSchema>): Tenant[] {
  const owner = new Map<string, string>();
  return Object.entries(section).map(([role, { frameworks, weight, guarantee, limit }]) => {
    const place = { path: ['tenants', role] };
    if (role.includes('/') || role === '*' || !isRolePath(role) || /[:,+=]/.test(role))
      throw InputError.expected(place, role, 'a name without slash, colon, comma, + and =');
    for (const framework of frameworks) {
      const other = owner.get(framework);
      if (other !== undefined)
        throw new InputError(
          { path: [...place.path, 'frameworks'] },
          `${framework} belongs to ${other} already`,
        );
      owner.set(framework, role);
    }
    const tenant: Tenant = {
      name: role,
      frameworks,
      weight,
      guarantee:
        guarantee === undefined ? {} : parseAmounts(guarantee, { path: [...place.path, 'guarantee'] }),
      limit: limit === undefined ? {} : parseAmounts(limit, { path: [...place.path, 'limit'] }),
    };
    checkLimit(tenant);
    return tenant;
  });
}

function checkLimit({ name: role, guarantee, limit }: Tenant): void {
  for (const [resource, least] of Object.entries(guarantee))
    if ((limit[resource] ?? least) < least)
      throw new InputError(
        { path: ['tenants', role, 'limit'] },
        `${role} may have less ${resource} than it is guaranteed`,
      );
}

/** Do these tenants fit the run? @throws InputError for an unknown framework or resource, and for guarantees beyond what there is. */
export function checkTenants(
  tenants: readonly Tenant[],
  frameworks: readonly string[],
  space: ResourceSpace,
  total: ArrayLike<number>,
): void {
  for (const tenant of tenants) {
    const path = ['tenants', tenant.name];
    for (const framework of tenant.frameworks)
      if (!frameworks.includes(framework))
        throw InputError.expected(
          { path: [...path, 'frameworks'] },
          framework,
          `one of the frameworks ${frameworks.join(', ')}`,
        );
    for (const part of ['guarantee', 'limit'] as const) space.quanta(tenant[part], { path: [...path, part] });
  }
  space.names.forEach((resource, d) => {
    const promised = tenants.reduce((sum, { guarantee }) => sum + (guarantee[resource] ?? 0), 0);
    const there = total[d] / space.kinds[d].quantaPerUnit;
    if (promised > there)
      throw new InputError(
        { path: ['tenants'] },
        `${promised} ${resource} are guaranteed in all, and the machines have ${there}`,
      );
  });
}

/** The same as parameters of a policy that knows roles (policies/presets/role-parameters.ts); what says nothing is left out. */
export function roleSettings(tenants: readonly Tenant[]): Record<string, string> {
  const amounts = (part: 'guarantee' | 'limit') =>
    tenants
      .filter((tenant) => Object.keys(tenant[part]).length > 0)
      .map(
        (tenant) =>
          `${tenant.name}:${Object.entries(tenant[part])
            .map(([key, amount]) => `${key}=${amount}`)
            .join('+')}`,
      )
      .join(',');
  const settings = {
    roles: tenants.flatMap((tenant) => tenant.frameworks.map((one) => `${one}:${tenant.name}`)).join(','),
    weights: tenants
      .filter(({ weight }) => weight !== 1)
      .map((tenant) => `${tenant.name}:${tenant.weight}`)
      .join(','),
    guarantees: amounts('guarantee'),
    limits: amounts('limit'),
  };
  return Object.fromEntries(Object.entries(settings).filter(([, text]) => text !== ''));
}

/** The settings of a policy, with those of the tenants where it knows roles and nothing else was set. */
export function withRoles(
  { parameters }: Pick<Policy, 'parameters'>,
  tenants: readonly Tenant[],
  set: Readonly<Record<string, ParameterValue>>,
): Readonly<Record<string, ParameterValue>> {
  const known = Object.entries(roleSettings(tenants)).filter(([role]) =>
    parameters.some((parameter) => parameter.name === role),
  );
  return { ...Object.fromEntries(known), ...set };
}

/** The tenants with their own shares, to be measured. */
export function measuredTenants(
  tenants: readonly Tenant[],
  space: ResourceSpace,
  total: ArrayLike<number>,
): MeasuredTenant[] {
  const shares = ownShares(tenants, space, total);
  return tenants.map(({ name: role, frameworks }, i) => ({ name: role, frameworks, ownShare: shares[i] }));
}

/** The tenants as they stand in a summary: a copy that may be changed. */
export function plainTenants(tenants: readonly Tenant[]) {
  return tenants.map(({ name: role, frameworks, weight, guarantee, limit }) => ({
    name: role,
    frameworks: [...frameworks],
    weight,
    guarantee: { ...guarantee },
    limit: { ...limit },
  }));
}

/**
 * The share of the cluster that is each tenant's own: the dominant share of its guarantee, or its part by weight of what guarantees leave to
 * the tenants without one. They add up to 1 at most.
 */
export function ownShares(
  tenants: readonly Tenant[],
  space: ResourceSpace,
  total: ArrayLike<number>,
): readonly number[] {
  const guaranteed = tenants.map(({ guarantee }) =>
    Math.max(
      0,
      ...space.kinds.map((kind, d) => ((guarantee[kind.name] ?? 0) * kind.quantaPerUnit) / total[d]),
    ),
  );
  const left = Math.max(0, 1 - guaranteed.reduce((sum, share) => sum + share, 0));
  const weights = tenants.reduce((sum, { weight }, i) => sum + (guaranteed[i] > 0 ? 0 : weight), 0);
  return tenants.map(({ weight }, i) => (guaranteed[i] > 0 ? guaranteed[i] : (left * weight) / weights));
}

/** So large a share of machines, spread evenly over their ranks so that every shape and rack is in it; at least one. */
export function spreadShare(machines: number, share: number): number[] {
  const wanted = Math.min(machines, Math.max(1, Math.round(share * machines)));
  const chosen: number[] = [];
  for (let machine = 0; machine < machines; machine++)
    if (Math.floor(((machine + 1) * wanted) / machines) > Math.floor((machine * wanted) / machines))
      chosen.push(machine);
  return chosen;
}
