/**
 * What may be allowed or refused, with the name that the object of it has in the rules (Mesos, docs/authorization.md). Of what stands
 * here everything is asked for; rules on what this master cannot do anyway are in `INAPPLICABLE`.
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

/** Rules that Mesos knows on what cannot be done here at all; they are read and have nothing to forbid. */
export const INAPPLICABLE: ReadonlySet<string> = new Set([
  'resize_volume',
  'create_block_disks',
  'destroy_block_disks',
  'create_mount_disks',
  'destroy_mount_disks',
  'view_executors',
  'access_sandboxes',
]);

/** Something that a principal may or may not do. */
export type Action = keyof typeof OBJECT_OF;

/** Principals, or what they act upon. */
export type Entities =
  | { readonly type: 'ANY' }
  | { readonly type: 'NONE' }
  | { readonly type: 'SOME'; readonly values: readonly string[] };

/** Who may, or may not, act upon what. */
export interface Rule {
  readonly subjects: Entities;
  readonly objects: Entities;
}

/** The rules of each action in their order, and what holds where none fits. */
export interface Acls {
  readonly permissive: boolean;
  readonly rules: Readonly<Partial<Record<Action, readonly Rule[]>>>;
}

/** Everybody may do everything. */
export const NO_ACLS: Acls = { permissive: true, rules: {} };

/**
 * The first rule that fits decides (Mesos, src/authorizer/local/authorizer.cpp, matches and allows). A principal or an object that
 * is not known stands for any: it is allowed only by a rule for all.
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

/** NONE fits all: it is there to refuse them. */
function fits(entities: Entities, value: string | undefined): boolean {
  if (entities.type !== 'SOME') return true;
  return value !== undefined && entities.values.some((pattern) => isNamed(pattern, value));
}

/** `eng/%` names all roles below `eng`, without it. */
function isNamed(pattern: string, value: string): boolean {
  return pattern.endsWith('/%')
    ? value.length > pattern.length - 1 && value.startsWith(pattern.slice(0, -1))
    : pattern === value;
}
