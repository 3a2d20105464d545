/**
 * The actions that this master authorizes, with the field that names their object in a rule (Mesos, docs/authorization.md).
 * Actions that this master does not support are in `INAPPLICABLE`.
 */
export const OBJECT_OF = {
  register_frameworks: 'roles',
  run_tasks: 'users',
  teardown_frameworks: 'framework_principals',
  reserve_resources: 'roles',
  unreserve_resources: 'reserver_principals',
  create_volumes: 'roles',
  destroy_volumes: 'creator_principals',
  get_quotas: 'roles',
  update_quotas: 'roles',
  update_weights: 'roles',
  view_roles: 'roles',
  view_frameworks: 'users',
  view_tasks: 'users',
  get_endpoints: 'paths',
  register_agents: 'agents',
  get_maintenance_schedules: 'machines',
  get_maintenance_statuses: 'machines',
  update_maintenance_schedules: 'machines',
  start_maintenances: 'machines',
  stop_maintenances: 'machines',
  drain_agents: 'agents',
  deactivate_agents: 'agents',
  reactivate_agents: 'agents',
  mark_agents_gone: 'agents',
} as const;

/** Mesos actions that this master does not support; their rules are accepted and ignored. */
export const INAPPLICABLE: ReadonlySet<string> = new Set([
  'resize_volume',
  'create_block_disks',
  'destroy_block_disks',
  'create_mount_disks',
  'destroy_mount_disks',
  'view_executors',
  'access_sandboxes',
]);

/** An action that a rule allows or denies. */
export type Action = keyof typeof OBJECT_OF;

/** A set of principals or objects. */
export type Entities =
  | { readonly type: 'ANY' }
  | { readonly type: 'NONE' }
  | { readonly type: 'SOME'; readonly values: readonly string[] };

/** Allows or denies subjects an action on objects. */
export interface Rule {
  readonly subjects: Entities;
  readonly objects: Entities;
}

/** Rules by action, in order; `permissive` applies if none matches. */
export interface Acls {
  readonly permissive: boolean;
  readonly rules: Readonly<Partial<Record<Action, readonly Rule[]>>>;
}

/** Allows everything. */
export const NO_ACLS: Acls = { permissive: true, rules: {} };

/**
 * The first matching rule decides (Mesos, src/authorizer/local/authorizer.cpp, matches and allows). An undefined principal or
 * object means "any": only a rule for ANY allows it.
 */
export function isAllowed(
  { permissive, rules }: Acls,
  action: Action,
  principal: string | undefined,
  object: string | undefined,
): boolean {
  const rule = rules[action]?.find(
    ({ subjects, objects }) => fits(subjects, principal) && fits(objects, object),
  );
  return rule === undefined ? permissive : rule.subjects.type !== 'NONE' && rule.objects.type !== 'NONE';
}

/** NONE matches every value, and the rule then denies it. */
function fits(entities: Entities, value: string | undefined): boolean {
  if (entities.type !== 'SOME') return true;
  return value !== undefined && entities.values.some((pattern) => isNamed(pattern, value));
}

/** `eng/%` matches all roles below `eng`, but not `eng`. */
function isNamed(pattern: string, value: string): boolean {
  return pattern.endsWith('/%')
    ? value.length > pattern.length - 1 && value.startsWith(pattern.slice(0, -1))
    : pattern === value;
}
