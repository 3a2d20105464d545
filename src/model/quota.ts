import type { RolePath } from './roles.js';

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
