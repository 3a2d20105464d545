/** The role that usage is charged to: a path such as `eng/ads`, outermost role first. `*` is the default role. */
export type RolePath = string;

/** Whether `role` is `ancestor` or a descendant of it. */
export function isWithin(role: RolePath, ancestor: RolePath): boolean {
  return role === ancestor || (role.startsWith(ancestor) && role[ancestor.length] === '/');
}

/**
 * Whether the text is a role path: names joined by `/`, none of them empty, `.` or `..`, none starting with `-` (Mesos,
 * docs/roles.md).
 */
export function isRolePath(text: string): boolean {
  if (text === '*') return true;
  return text.split('/').every((name) => /^(?!-|\.{1,2}$)[^\s/*\\]+$/.test(name));
}

/** Amounts by resource name, in quanta. */
export type Amounts = Readonly<Record<string, number>>;

/**
 * Guarantee and limit of a role together with all its descendants. A resource without a guarantee has
 * guarantee 0. A resource without a limit is unlimited.
 */
export interface Quota {
  readonly guarantee: Amounts;
  readonly limit: Amounts;
}

/** Quota by role. A role without an entry has only the quotas of the roles above it. */
export type Quotas = ReadonlyMap<RolePath, Quota>;
