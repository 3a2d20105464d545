import type { Policy } from '../../policies/policy.js';
import { POLICIES, policyNamed } from '../../policies/registry.js';

/**
 * Policies that need third-party code, so they are not in `fairground/policies`. Each is imported when it is used: no other run
 * loads mathjs.
 */
const LATE_POLICIES: ReadonlyMap<string, () => Promise<Policy>> = new Map([
  ['list', async () => (await import('../../formulas/list.js')).list],
]);

/** The names of all policies, for lists and messages. */
export const POLICY_NAMES: readonly string[] = [...POLICIES.map(({ name }) => name), ...LATE_POLICIES.keys()];

/** The policy of this name, or undefined. */
export async function namedPolicy(name: string): Promise<Policy | undefined> {
  return policyNamed(name) ?? (await LATE_POLICIES.get(name)?.());
}

/** All policies with a name. */
export async function allPolicies(): Promise<readonly Policy[]> {
  return [...POLICIES, ...(await Promise.all([...LATE_POLICIES.values()].map((load) => load())))];
}
