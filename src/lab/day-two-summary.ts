import type { DayTwoSummary } from '../metrics/summary-schema.js';
import { type Cluster, type Micros, toSeconds } from '../model/index.js';
import type { DayTwoReport } from '../sim/day-two/day-two.js';

/** What came of the operations of a run that began at `start`, in seconds from there. */
export function dayTwoSummary(
  { rollouts, drains }: DayTwoReport,
  cluster: Cluster,
  start: Micros,
): DayTwoSummary {
  const length = (begun: Micros, ended: Micros) => (Number.isNaN(ended) ? null : toSeconds(ended - begun));
  return {
    rollouts: rollouts.map(({ rollout, begun, ended, ...came }) => ({
      service: cluster.frameworks[rollout.framework]?.name ?? '',
      kind: rollout.kind,
      version: rollout.version,
      begun: toSeconds(begun - start),
      length: length(begun, ended),
      ...came,
    })),
    drains: drains.map(({ machine, begun, deadline, emptyAt, ...tasks }) => ({
      machine: cluster.machines.specs[machine].name,
      begun: toSeconds(begun - start),
      deadline: toSeconds(deadline - start),
      length: length(begun, emptyAt),
      ...tasks,
    })),
  };
}
