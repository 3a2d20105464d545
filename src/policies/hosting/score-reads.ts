import type { Cluster } from '../../model/index.js';
import type { Micros, Reads } from '../contract.js';
import { JobsView } from './jobs-view.js';
import { RulesView, TasksView } from './task-views.js';

/** What a score may declare in `reads`, over a ledger. The host moves the time of `call`. */
export function scoreReads(cluster: Cluster, call: { readonly now: Micros }): Reads {
  const tasks = new TasksView(cluster);
  return Object.freeze({
    tasks,
    cluster: Object.freeze({ capacity: (dimension: number) => cluster.total[dimension] }),
    job: Object.freeze({ tasks, jobs: new JobsView(cluster, call), rules: new RulesView(cluster) }),
    time: Object.freeze({
      get now() {
        return call.now;
      },
    }),
  });
}
