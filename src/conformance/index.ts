/**
 * The conformance suite that every built-in policy passes, for policies of one's own, in any test runner:
 * `await assertConformance(policy)`.
 */
import { asPolicy } from '../lab/policy-file/policy-file.js';
import type { PolicyFile } from '../policies/policy.js';
import { type ConformanceTerms, checkPolicy, counterexampleText } from './check-policy.js';

export type { ConformanceTerms } from './check-policy.js';
export type { Feature } from './features.js';
export type { Promises, WorkConservation } from './subject.js';

/**
 * Puts what a policy file exports to the test.
 * @throws Error that names the rule it breaks, the settings and the smallest scenario that was found.
 */
export async function assertConformance(policy: PolicyFile, terms: ConformanceTerms = {}): Promise<void> {
  const found = await checkPolicy(asPolicy(policy, 'policy.ts'), terms);
  if (found !== undefined) throw new Error(counterexampleText(found));
}
