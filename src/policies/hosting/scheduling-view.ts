import { type Cluster, type FreeTable, type PendingQueue, VisibleMachines } from '../../model/index.js';
import type { Random, SchedulingView } from '../contract.js';

/** The view of a scheduler as its host sees it. The host updates `now` and `endedSince`. */
export type HostedView = { -readonly [key in keyof SchedulingView]: SchedulingView[key] };

/** The view, at time 0, of a scheduler that serves this queue and may place on the machines of this table. */
export function schedulingView(
  cluster: Cluster,
  queue: PendingQueue,
  table: FreeTable,
  random: Random,
): HostedView {
  return {
    now: 0,
    random,
    space: cluster.space,
    endedSince: 0,
    queue,
    tasks: cluster.tasks,
    jobs: cluster.jobs,
    machines: new VisibleMachines(table),
    rules: cluster.rules,
  };
}
