import { InputError } from '../../model/index.js';
import type { Scheduler } from '../../policies/contract.js';
import type { PolicyParts } from '../../policies/policy.js';

/**
 * The scheduler of a policy that a framework can host: the one of the whole cluster, or the one that each framework has under
 * offers. Others need a cell of their own to decide on, which no master gives.
 * @throws InputError
 */
export function hostedScheduler(policy: string, parts: PolicyParts): Scheduler {
  if (parts.architecture === 'monolithic' && parts.retry === undefined) return parts.scheduler;
  if (parts.architecture === 'two-level') return parts.scheduler(0);
  throw new InputError(
    { field: '--policy' },
    `${policy} cannot be hosted by a framework; take one such as easy, fgd, bin-packing, drf or a file`,
  );
}
