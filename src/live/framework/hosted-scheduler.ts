import { InputError } from '../../model/index.js';
import type { Feature, Scheduler } from '../../policies/contract.js';
import { checkNeeds } from '../../policies/hosting/features.js';
import type { PolicyParts } from '../../policies/policy.js';

/** What a framework of a master has. A master assigns GPUs by number, not by index. */
export const FRAMEWORK_FEATURES: readonly Feature[] = ['gang', 'kill', 'preempt', 'drain', 'offers'];

/** What else a framework may have. */
export interface FrameworkFacilities {
  /** Does what its policy remembers outlive its process? */
  readonly memory: boolean;
}

/**
 * The scheduler of a policy, if a framework can host it: that of a monolithic policy, or the framework scheduler of a
 * two-level policy.
 * @throws InputError for a policy that is a model of a master of its own, and for one that needs more than a framework has.
 */
export function hostedScheduler(
  policy: string,
  parts: PolicyParts,
  { memory }: FrameworkFacilities,
): Scheduler {
  const scheduler = schedulerOf(parts);
  if (scheduler !== undefined) {
    const features = new Set(memory ? [...FRAMEWORK_FEATURES, 'memory' as const] : FRAMEWORK_FEATURES);
    const lacksFile = !memory && scheduler.needs?.includes('memory') === true;
    checkNeeds(scheduler, features, `a framework of a master${lacksFile ? ' without --state' : ''}`);
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
