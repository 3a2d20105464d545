import type { Cluster } from './cluster.js';
import type { FrameworkId } from './framework.js';

/** Dominant share: the largest share of any resource of the cluster that is allocated to the tasks of a framework. */
export function allocatedShare(cluster: Cluster, framework: FrameworkId): number {
  const { frameworkAllocated, total } = cluster;
  const dims = cluster.space.size;
  let share = 0;
  for (let d = 0; d < dims; d++) {
    const has = frameworkAllocated[framework * dims + d];
    if (has > share * total[d]) share = has / total[d];
  }
  return share;
}
