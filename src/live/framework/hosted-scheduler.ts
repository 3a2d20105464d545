import { InputError } from '../../model/index.js';
import type { Feature, Scheduler } from '../../policies/contract.js';
import { checkNeeds } from '../../policies/hosting/features.js';
import type { PolicyParts } from '../../policies/policy.js';

/** A master assigns GPUs by number, not by index, and the memory of a framework ends with its process. */
const FEATURES: ReadonlySet<Feature> = new Set(['gang', 'kill', 'preempt', 'drain', 'offers']);

/**
 * The scheduler of a policy, if a framework can host it: that of a monolithic policy, or the framework scheduler of a
 * two-level policy.
 * @throws InputError for a policy that is a model of a master of its own, and for one that needs more than a framework has.
 */
export function hostedScheduler(policy: string, parts: PolicyParts): Scheduler {
  const scheduler = schedulerOf(parts);
  if (scheduler !== undefined) {
    checkNeeds(scheduler, FEATURES, 'a framework of a master');
    return scheduler;
  }
  throw new InputError(
    { field: '--policy' },
    `${policy} is a model of another kind of master, for the simulator only: its schedulers need more than offers; use for example easy, fgd, bin-packing, drf or a policy file`,
  );
}

function schedulerOf(parts: PolicyParts): Scheduler | undefined {
  if (parts.architecture === 'monolithic' && parts.retry === undefined) return parts.scheduler;
  return parts.architecture === 'two-level' ? parts.scheduler(0) : undefined;
}
