/** Who is charged: a path such as `eng/ads`, outermost role first. `*` is the role of frameworks that name none. */
export type RolePath = string;

/** The top-level role of a path: `eng` of `eng/ads`. Quota is kept for these alone. */
export function topRole(role: RolePath): RolePath {
  const slash = role.indexOf('/');
  return slash < 0 ? role : role.slice(0, slash);
}

/** Is `role` the same as `ancestor`, or below it? */
export function isWithin(role: RolePath, ancestor: RolePath): boolean {
  return role === ancestor || (role.startsWith(ancestor) && role[ancestor.length] === '/');
}

/** Is this a role's path: names joined by `/`, none of them empty, `.` or `..`, none starting with `-` (Mesos, docs/roles.md)? */
export function isRolePath(text: string): boolean {
  if (text === '*') return true;
  return text.split('/').every((name) => /^(?!-|\.{1,2}$)[^\s/*\\]+$/.test(name));
}

/** Amounts by resource name, in quanta. */
export type Amounts = Readonly<Record<string, number>>;

/**
 * What a top-level role is promised and what it may not exceed, itself and all roles below it together. A name without a
 * guarantee is promised nothing; a name without a limit is not limited.
 */
export interface Quota {
  readonly guarantee: Amounts;
  readonly limit: Amounts;
}

/** Quota by top-level role. */
export type Quotas = ReadonlyMap<RolePath, Quota>;
