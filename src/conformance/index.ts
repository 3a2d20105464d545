/**
 * The conformance suite, which every built-in policy passes. Use it for your own policies in any test runner:
 * `await assertConformance(policy)`.
 */
import { fileURLToPath } from 'node:url';
import { asPolicy, loadPolicy, policyCopies } from '../lab/policy-file/policy-file.js';
import type { PolicyFile } from '../policies/policy.js';
import { type ConformanceTerms, checkPolicy, counterexampleText } from './check-policy.js';

export type { ConformanceTerms } from './check-policy.js';
export type { Feature } from './features.js';
export type { Promises, WorkConservation } from './subject.js';

/**
 * Tests a policy: the default export of a policy file, or the URL of the file, which is type-checked first.
 * @throws Error with the violated rule, the settings and the smallest scenario found.
 */
export async function assertConformance(
  policy: PolicyFile | URL,
  terms: ConformanceTerms = {},
): Promise<void> {
  const subject =
    policy instanceof URL ? await loadPolicy(fileURLToPath(policy)) : asPolicy(policy, 'policy.ts');
  const copies = policy instanceof URL ? await policyCopies(fileURLToPath(policy), 2) : [];
  const found = await checkPolicy(subject, { copies, ...terms });
  if (found !== undefined) throw new Error(counterexampleText(found));
}
