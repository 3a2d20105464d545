import type { FrameworkId } from '../../model/index.js';
import type { AllocationView } from '../contract.js';

/**
 * The largest share that a framework has of any resource of the cluster, offers in its hands included
 * (Ghodsi et al., "Dominant Resource Fairness", NSDI 2011, section 4; Mesos counts offers likewise).
 */
export function dominantShare(view: AllocationView, framework: FrameworkId): number {
  const dims = view.space.size;
  let share = 0;
  for (let d = 0; d < dims; d++) {
    const total = view.total[d];
    if (total <= 0) continue;
    const has = view.allocated[framework * dims + d] + view.offered[framework * dims + d];
    if (has / total > share) share = has / total;
  }
  return share;
}
