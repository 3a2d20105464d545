import { InputError } from '../../model/index.js';
import type { Scheduler } from '../../policies/contract.js';
import type { PolicyParts } from '../../policies/policy.js';

/**
 * The scheduler of a policy, if a framework can host it: that of a monolithic policy, or the framework scheduler of a
 * two-level policy.
 * @throws InputError for a policy that is a model of a master of its own.
 */
export function hostedScheduler(policy: string, parts: PolicyParts): Scheduler {
  if (parts.architecture === 'monolithic' && parts.retry === undefined) return parts.scheduler;
  if (parts.architecture === 'two-level') return parts.scheduler(0);
  throw new InputError(
    { field: '--policy' },
    `${policy} is a model of another kind of master, for the simulator only: its schedulers need more than offers; use for example easy, fgd, bin-packing, drf or a policy file`,
  );
}
