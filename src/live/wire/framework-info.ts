import {
  type Amounts,
  FRAMEWORK_CAPABILITIES,
  type FrameworkCapability,
  isRolePath,
  type RolePath,
} from '../../model/index.js';
import { HttpError } from './http-error.js';
import type { FrameworkInfo } from './messages.js';
import { amountsOfScalars } from './resources.js';

/** The supported capabilities of a framework; others are ignored. */
export function capabilitiesOf({ capabilities = [] }: FrameworkInfo): ReadonlySet<FrameworkCapability> {
  const named = capabilities.map(({ type }) => type);
  return new Set(FRAMEWORK_CAPABILITIES.filter((capability) => named.includes(capability)));
}

/** The roles of a framework: `roles` with MULTI_ROLE, else `role`; the default is `*`. */
export function rolesOfFramework(info: FrameworkInfo): readonly RolePath[] {
  return capabilitiesOf(info).has('MULTI_ROLE') ? (info.roles ?? []) : [info.role ?? '*'];
}

/**
 * Minimum allocatable resources by role, in quanta, where the framework sets them; an empty list means no minimum
 * (mesos.proto, OfferFilters). @throws HttpError 400 when a resource is unknown.
 */
export function minimumsOf({
  offer_filters = {},
}: FrameworkInfo): Readonly<Record<RolePath, readonly Amounts[]>> {
  const minimums: Record<RolePath, readonly Amounts[]> = {};
  for (const [role, { min_allocatable_resources: minimum }] of Object.entries(offer_filters))
    if (minimum !== undefined)
      minimums[role] = (minimum.quantities ?? []).map(({ quantities = {} }) => amountsOfScalars(quantities));
  return minimums;
}

/** The problem with a FrameworkInfo, or undefined (validation.cpp, framework). */
export function frameworkProblem(info: FrameworkInfo, suppressed: readonly string[]): string | undefined {
  const isMultiRole = capabilitiesOf(info).has('MULTI_ROLE');
  if (isMultiRole && info.role !== undefined)
    return "'FrameworkInfo.role' must not be set when the framework is MULTI_ROLE capable";
  if (!isMultiRole && (info.roles ?? []).length > 0)
    return "'FrameworkInfo.roles' must not be set when the framework is not MULTI_ROLE capable";
  const roles = rolesOfFramework(info);
  if (new Set(roles).size < roles.length) return "'FrameworkInfo.roles' contains duplicate items";
  const bad = roles.find((role) => !isRolePath(role));
  if (bad !== undefined) return `'${bad.slice(0, 60)}' is not a valid role`;
  if (!((info.failover_timeout ?? 0) >= 0) || !Number.isFinite(info.failover_timeout ?? 0))
    return `Invalid failover_timeout ${info.failover_timeout}`;
  const filtered = Object.keys(info.offer_filters ?? {}).find((role) => !roles.includes(role));
  if (filtered !== undefined)
    return `'FrameworkInfo.offer_filters' has the role '${filtered.slice(0, 60)}', which is not one of the framework's roles`;
  const filtersProblem = problemOf(() => minimumsOf(info));
  if (filtersProblem !== undefined) return `'FrameworkInfo.offer_filters' is not valid: ${filtersProblem}`;
  const stranger = suppressed.find((role) => !roles.includes(role));
  return stranger === undefined
    ? undefined
    : `Suppressed role '${stranger.slice(0, 60)}' is not one of the framework's roles`;
}

function problemOf(read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (error instanceof HttpError) return error.message;
    throw error;
  }
}
