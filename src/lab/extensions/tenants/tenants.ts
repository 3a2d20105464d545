import type { z } from 'zod';
import type { MeasuredTenant } from '../../../metrics/collectors/tenant-metrics.js';
import {
  frameworkIndex,
  InputError,
  isRolePath,
  type ParameterValue,
  type ResourceSpace,
} from '../../../model/index.js';
import type { Policy } from '../../../policies/policy.js';
import { parseAmounts } from '../../../workloads/machines.js';

/** The schema of the tenants in a scenario file, by role. */
export function tenantsSchema(zod: typeof z) {
  const name = zod.union([zod.string(), zod.number()]).transform(String);
  return zod
    .record(
      zod.string(),
      zod.strictObject({
        frameworks: zod.array(name).min(1).describe('frameworks whose tasks are charged to the tenant'),
        weight: zod
          .number()
          .positive()
          .default(1)
          .describe('weight of its share; twice the weight gives twice the share'),
        guarantee: name.optional().describe('guaranteed resources, such as 200cpu/800GiB'),
        limit: name.optional().describe('largest amounts that it may use, in the same form'),
      }),
    )
    .describe('tenants that share the cluster: roles with weights and quota');
}

/** Amounts in units (cores, MiB, devices) by resource. */
type Amounts = Readonly<Record<string, number>>;

/** A tenant: a role, its frameworks, and its quota. Plain data. */
export interface Tenant {
  readonly name: string;
  readonly frameworks: readonly string[];
  readonly weight: number;
  /** Empty for none. */
  readonly guarantee: Amounts;
  readonly limit: Amounts;
}

/** Converts the tenants of a file. @throws InputError */
export function tenantsOf(section: z.output<ReturnType<typeof tenantsSchema>>): Tenant[] {
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
          `${framework} already belongs to ${other}`,
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
        `the limit of ${role} for ${resource} is below its guarantee`,
      );
}

/** @throws InputError for an unknown framework or resource, and for guarantees that exceed the machines. */
export function checkTenants(
  tenants: readonly Tenant[],
  frameworks: readonly string[],
  space: ResourceSpace,
  total: ArrayLike<number>,
): void {
  for (const tenant of tenants) {
    const path = ['tenants', tenant.name];
    for (const framework of tenant.frameworks)
      frameworkIndex(frameworks, framework, { path: [...path, 'frameworks'] });
    for (const part of ['guarantee', 'limit'] as const) space.quanta(tenant[part], { path: [...path, part] });
  }
  space.names.forEach((resource, d) => {
    const promised = tenants.reduce((sum, { guarantee }) => sum + (guarantee[resource] ?? 0), 0);
    const there = total[d] / space.kinds[d].quantaPerUnit;
    if (promised > there)
      throw new InputError(
        { path: ['tenants'] },
        `the guarantees add up to ${promised} ${resource}, but the machines have ${there}`,
      );
  });
}

/** The tenants as parameters of a policy with roles (policies/presets/role-parameters.ts). Empty parameters are left out. */
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

/** The tenants as settings of a policy; empty if the policy has no roles. */
export function policyRoles(
  { parameters }: Pick<Policy, 'parameters'>,
  tenants: readonly Tenant[],
): Readonly<Record<string, ParameterValue>> {
  return Object.fromEntries(
    Object.entries(roleSettings(tenants)).filter(([role]) =>
      parameters.some((parameter) => parameter.name === role),
    ),
  );
}

/** The tenants with their entitled shares, for the metrics. */
export function measuredTenants(
  tenants: readonly Tenant[],
  space: ResourceSpace,
  total: ArrayLike<number>,
): MeasuredTenant[] {
  const shares = ownShares(tenants, space, total);
  return tenants.map(({ name: role, frameworks }, i) => ({ name: role, frameworks, ownShare: shares[i] }));
}

/** A copy of the tenants for the summary. */
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
 * The entitled share of each tenant. With a guarantee, it is the dominant share of the guarantee. Tenants without one divide the
 * rest of the cluster by weight. The shares add up to at most 1.
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

/** A share of the machines, at least one. They are spread evenly over the ranks, so that every shape and rack is included. */
export function spreadShare(machines: number, share: number): number[] {
  const wanted = Math.min(machines, Math.max(1, Math.round(share * machines)));
  const chosen: number[] = [];
  for (let machine = 0; machine < machines; machine++)
    if (Math.floor(((machine + 1) * wanted) / machines) > Math.floor((machine * wanted) / machines))
      chosen.push(machine);
  return chosen;
}
