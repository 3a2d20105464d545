import {
  type Amounts,
  frameworkIndex,
  InputError,
  isRolePath,
  isWithin,
  type Parameter,
  type ParameterValues,
  type Quota,
  type RolePath,
} from '../../model/index.js';
import type { DrfSettings } from '../allocators/hierarchical/drf-settings.js';
import type { PolicyContext, RoleGuarantee, RoleLimit } from '../policy.js';

const AMOUNTS = /^([^:,]+:[a-z]+=\d+(\.\d+)?(\+[a-z]+=\d+(\.\d+)?)*(,(?=.)|$))*$/;
const AMOUNTS_FORM =
  'role:resource=amount+resource=amount,role:…, such as eng:cpus=100+mem=204800,web:cpus=40';

/** `--set roles=…`, `weights=…`, `guarantees=…`, `limits=…`: the roles of frameworks, with their weights and quota. */
export const ROLE_PARAMETERS: readonly Parameter[] = [
  {
    kind: 'text',
    name: 'roles',
    default: '',
    form: 'framework:role,framework:role, such as spark:eng/ads,web:eng/web',
    pattern: /^([^:,]+:[^:,]+(,(?=.)|$))*$/,
    about: 'Role of each framework, a path. The default is the name of the framework.',
  },
  {
    kind: 'text',
    name: 'weights',
    default: '',
    form: 'role:weight,role:weight, such as spark:2,web:1',
    pattern: /^([^:,]+:\d+(\.\d+)?(,[^:,]+:\d+(\.\d+)?)*)?$/,
    about:
      'Weight of each role. The weight of a path applies to the roles below it as a group. The default is 1.',
  },
  {
    kind: 'text',
    name: 'guarantees',
    default: '',
    form: AMOUNTS_FORM,
    pattern: AMOUNTS,
    about:
      'Guaranteed resources of a role and the roles below it. They are held back from other roles until these have them.',
  },
  {
    kind: 'text',
    name: 'limits',
    default: '',
    form: AMOUNTS_FORM,
    pattern: AMOUNTS,
    about: 'Largest amount of each resource that a role may have together with the roles below it.',
  },
];

/** Do the settings name frameworks or roles? A misspelt name is an error, so the host must look up all names first. */
export function namesRoles(settings: ParameterValues): boolean {
  return ROLE_PARAMETERS.some(({ name }) => settings.text(name) !== '');
}

/** Roles by framework. @throws InputError when a framework is unknown or a path is invalid. */
export function rolesOf(settings: ParameterValues, context: PolicyContext): ReadonlyMap<string, RolePath> {
  const place = { field: 'roles' };
  const known = context.frameworks.map(({ name }) => name);
  return new Map(
    entries(settings.text('roles')).map(([name, role]) => {
      frameworkIndex(known, name, place);
      if (!isRolePath(role)) throw InputError.expected(place, role, 'a path such as eng/ads');
      return [name, role];
    }),
  );
}

/** Weights by role. @throws InputError when no framework is in or below the role, or a weight is 0. */
export function weightsOf(settings: ParameterValues, context: PolicyContext): DrfSettings['weights'] {
  const place = { field: 'weights' };
  const used = usedRoles(settings, context);
  return new Map(
    entries(settings.text('weights')).map(([role, weight]) => {
      if (!used.some((path) => isWithin(path, role)))
        throw InputError.expected(place, role, `a path of the roles ${used.join(', ')}`, used);
      if (Number(weight) === 0) throw InputError.expected(place, `${role}:${weight}`, 'a weight above 0');
      return [role, Number(weight)];
    }),
  );
}

/**
 * Quota by role. @throws InputError when a role has no framework, a limit is below a guarantee that it must hold, or the guarantees
 * are more than the machines have.
 */
export function quotasOf(settings: ParameterValues, context: PolicyContext): DrfSettings['quotas'] {
  const guarantees = quotaAmounts('guarantees', settings, context);
  const limits = quotaAmounts('limits', settings, context);
  const quotas = new Map<RolePath, Quota>();
  for (const role of new Set([...guarantees.keys(), ...limits.keys()]))
    quotas.set(role, { guarantee: guarantees.get(role) ?? {}, limit: limits.get(role) ?? {} });
  checkQuotas(quotas, context);
  return quotas;
}

/** The limits and guarantees of quotas, for the frameworks of the workload. */
export function boundsOf(
  quotas: DrfSettings['quotas'],
  roles: ReadonlyMap<string, RolePath>,
  { frameworks, space }: PolicyContext,
): { readonly limits: readonly RoleLimit[]; readonly guarantees: readonly RoleGuarantee[] } {
  const inside = (path: RolePath) => {
    const found = frameworks.filter(({ name, role }) => isWithin(roles.get(name) ?? role ?? name, path));
    return new Set(found.map(({ name }) => name));
  };
  const paths = [...quotas.keys()];
  const limits = paths.map((role) => ({
    role,
    frameworks: inside(role),
    most: (quotas.get(role) as Quota).limit,
  }));
  const guarantees = paths.map((role) => ({
    role,
    frameworks: inside(role),
    least: Object.fromEntries(space.names.map((name) => [name, guaranteedTo(role, name, quotas)])),
  }));
  return {
    limits: limits.filter(({ most }) => Object.keys(most).length > 0),
    guarantees: guarantees.filter(({ least }) => Object.values(least).some((amount) => amount > 0)),
  };
}

/** What a role is guaranteed: its own guarantee, or the sum of those below it if that is more. */
function guaranteedTo(role: RolePath, name: string, quotas: DrfSettings['quotas']): number {
  const inner = sumOf(innerRoles([...quotas.keys()], role), (one) => guaranteedTo(one, name, quotas));
  return Math.max(quotas.get(role)?.guarantee[name] ?? 0, inner);
}

/** Checks each resource from the outermost roles inwards. */
function checkQuotas(quotas: DrfSettings['quotas'], { space, machines }: PolicyContext): void {
  const ordered = [...quotas.keys()].sort();
  const below = (role: RolePath) => innerRoles(ordered, role);
  for (const [d, name] of space.names.entries()) {
    const units = (amount: number) => `${amount / space.kinds[d].quantaPerUnit} ${name}`;
    const guaranteed = (role: RolePath) => guaranteedTo(role, name, quotas);
    for (const role of ordered) {
      const { guarantee, limit } = quotas.get(role) as Quota;
      const own = guarantee[name];
      const inner = sumOf(below(role), guaranteed);
      const names = below(role)
        .filter((one) => guaranteed(one) > 0)
        .join(', ');
      if (own !== undefined && (limit[name] ?? own) < own)
        throw new InputError(
          { field: 'limits' },
          `the limit of ${role} for ${name} is below its guarantee: ${units(limit[name])} and ${units(own)}`,
        );
      if (own !== undefined && inner > own)
        throw new InputError(
          { field: 'guarantees' },
          `the guarantees of ${names} add up to ${units(inner)}, but ${role} has a guarantee of ${units(own)}`,
        );
      if (inner > (limit[name] ?? inner))
        throw new InputError(
          { field: 'limits' },
          `the limit of ${role} is ${units(limit[name])}, but the guarantees of ${names} add up to ${units(inner)}`,
        );
    }
    const outermost = ordered.filter(
      (role) => !ordered.some((other) => other !== role && isWithin(role, other)),
    );
    const holders = outermost.filter((role) => guaranteed(role) > 0);
    const promised = sumOf(holders, guaranteed);
    const existing = machines.reduce((sum, { capacity }) => sum + capacity[d], 0);
    // The machines of a real master join later; its operator API checks them.
    if (machines.length > 0 && promised > existing)
      throw new InputError(
        { field: 'guarantees' },
        holders.length === 1
          ? `the guarantee of ${holders[0]} is ${units(promised)}, but the machines have ${units(existing)}`
          : `the guarantees of ${holders.join(', ')} add up to ${units(promised)}, but the machines have ${units(existing)}`,
      );
  }
}

/** The roles of the list below this one, without those below one of them. */
function innerRoles(roles: readonly RolePath[], role: RolePath): readonly RolePath[] {
  const inside = roles.filter((one) => one !== role && isWithin(one, role));
  return inside.filter((one) => !inside.some((other) => other !== one && isWithin(one, other)));
}

function sumOf(roles: readonly RolePath[], amount: (role: RolePath) => number): number {
  return roles.reduce((sum, role) => sum + amount(role), 0);
}

function quotaAmounts(
  field: 'guarantees' | 'limits',
  settings: ParameterValues,
  context: PolicyContext,
): ReadonlyMap<RolePath, Amounts> {
  const used = usedRoles(settings, context);
  return new Map(
    entries(settings.text(field)).map(([role, text]) => {
      if (!used.some((path) => isWithin(path, role)))
        throw InputError.expected({ field }, role, `a path of the roles ${used.join(', ')}`, used);
      return [role, amountsOf(text, field, context)];
    }),
  );
}

function amountsOf(text: string, field: string, { space }: PolicyContext): Amounts {
  const units = Object.fromEntries(
    text.split('+').map((part) => {
      const [name, amount] = part.split('=') as [string, string];
      if (space.dimensionOf(name) < 0)
        throw InputError.expected({ field }, name, `one of ${space.names.join(', ')}`, space.names);
      return [name, Number(amount)];
    }),
  );
  const quanta = space.quanta(units, { field });
  return Object.fromEntries(Object.keys(units).map((name) => [name, quanta[space.dimensionOf(name)]]));
}

function usedRoles(settings: ParameterValues, context: PolicyContext): readonly RolePath[] {
  const roles = rolesOf(settings, context);
  return context.frameworks.map(({ name, role }) => roles.get(name) ?? role ?? name);
}

function entries(text: string): [string, string][] {
  return text === '' ? [] : text.split(',').map((part) => part.split(':') as [string, string]);
}
